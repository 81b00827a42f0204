//! How much is asked: the short form for every change, the long one for a release.

/// The numbers of a form.
#[derive(Clone, Debug)]
pub struct Form {
    pub name: &'static str,
    /// The same seed rolls the same faults, if not at the same moments.
    pub seed: u64,
    /// So many are told 201 at least, of each engine.
    pub users: usize,
    /// So many mails may be taken twice. Whoever is killed between the mail server's 250 and the row's deletion leaves
    /// a mail to be sent again; nothing can prevent that, and every twelfth kill does it. For 10,000 users the limit is
    /// one in a thousand; among 1,500 chance would break that now and then.
    pub most_duplicates: usize,
    /// Replicas that are killed, of each engine.
    pub kills: usize,
    pub database_faults_of_each_kind: usize,
    /// So many are told 201 before the primary dies, and as many after it.
    pub failover_users: usize,
    /// Moments at which SQLite's files are copied, and so many are told 201 meanwhile.
    pub copies: usize,
    pub copied_users: usize,
    /// The same for moments at which power fails.
    pub power_losses: usize,
    pub power_loss_users: usize,
    /// How often a program is killed that shares its SQLite database with other programs: on each of two databases.
    pub rounds: usize,
}

impl Form {
    /// The form that `COUNTERSIGN_FAULTS` names; the short one by default.
    ///
    /// # Errors
    ///
    /// If it names another.
    pub fn chosen(seed: u64) -> Result<Self, String> {
        match std::env::var("COUNTERSIGN_FAULTS").as_deref() {
            Err(_) | Ok("short") => Ok(Self {
                name: "short",
                seed,
                users: 1_500,
                most_duplicates: 5,
                kills: 6,
                database_faults_of_each_kind: 1,
                failover_users: 500,
                copies: 30,
                copied_users: 1_500,
                rounds: 10,
                power_losses: 30,
                power_loss_users: 900,
            }),
            Ok("long") => Ok(Self {
                name: "long",
                seed,
                users: 10_000,
                most_duplicates: 10,
                kills: 16,
                database_faults_of_each_kind: 3,
                failover_users: 3_000,
                copies: 200,
                copied_users: 10_000,
                rounds: 40,
                power_losses: 60,
                power_loss_users: 3_000,
            }),
            Ok(other) => Err(format!("COUNTERSIGN_FAULTS is {other}; there are: short long")),
        }
    }
}
