//! The arguments of `countersign users`.

use clap::Subcommand;

use super::moving::{ExportArguments, ImportArguments};
use super::showing::PAGE;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum Command {
    /// List users in the order they registered.
    List {
        /// Begin after the user with this id: the last one of the page before.
        #[arg(long, value_name = "ID")]
        after: Option<String>,
        /// How many at most.
        #[arg(long, value_name = "COUNT", default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
        /// Print each user as a JSON object on a line of its own.
        #[arg(long)]
        json: bool,
    },
    /// List the users whose username, e-mail address or name contains each word of TEXT.
    ///
    /// Letter case is ignored, and users are listed in the order they registered. An address that is asked for and not
    /// proved yet is searched too. All users are read, in small steps beside which the server goes on.
    Search {
        /// One or more words, such as a part of an address.
        #[arg(required = true)]
        text: Vec<String>,
        /// Begin after the user with this id: the last one of the page before.
        #[arg(long, value_name = "ID")]
        after: Option<String>,
        /// How many at most.
        #[arg(long, value_name = "COUNT", default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
        /// Print each user as a JSON object on a line of its own.
        #[arg(long)]
        json: bool,
    },
    /// Show everything known of a user except the password's hash.
    Show {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Create a verified user. The password is asked for, or read from standard input if that is no terminal.
    Create {
        /// The username; left out where users have none. Where the settings generate usernames, it may be left out.
        #[arg(long)]
        username: Option<String>,
        /// The e-mail address, taken as proved.
        #[arg(long)]
        email: Option<String>,
        /// The first name.
        #[arg(long, default_value = "")]
        first_name: String,
        /// The last name.
        #[arg(long, default_value = "")]
        last_name: String,
        /// The value of a declared profile field; may be given several times.
        #[arg(long = "field", value_name = "NAME=VALUE")]
        fields: Vec<String>,
    },
    /// Set a user's value of a declared profile field, also of one that users cannot change themselves.
    SetField {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// The field's name, as in `[[profile_fields]]`.
        name: String,
        /// The value: a text, a number, true or false, a day as YYYY-MM-DD, or one of the choices.
        #[arg(required_unless_present = "null", allow_hyphen_values = true)]
        value: Option<String>,
        /// Set it to null, where that is allowed.
        #[arg(long, conflicts_with = "value")]
        null: bool,
    },
    /// Delete all users' values of a profile field that is not declared any more.
    ///
    /// The values are deleted for good, in small steps beside which the server goes on.
    PurgeField {
        /// The field's name, as it was declared.
        name: String,
        /// Only count the users who have a value.
        #[arg(long)]
        dry_run: bool,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Set a user's password and end all sessions. The password is asked for, or read from standard input if that is
    /// no terminal.
    SetPassword {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Set a user's address and vouch for it, or mail a link to it. A proved old address gets a notice.
    ///
    /// Older links of the account become invalid.
    SetEmail {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// The new e-mail address.
        address: String,
        /// Do not vouch for it: mail a link to it that the user must follow. The running server sends the mail.
        #[arg(long)]
        unverified: bool,
    },
    /// List a user's sessions, or end them all.
    Sessions {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// End them all.
        #[arg(long)]
        end: bool,
        /// Print each session as a JSON object on a line of its own.
        #[arg(long, conflicts_with = "end")]
        json: bool,
    },
    /// Disconnect an account at an identity provider from a user, who cannot log in by it any more. Sessions go on.
    Disconnect {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// The id of the provider account, which `users show` prints last in its line.
        account: String,
    },
    /// Vouch for a user's address, as if the link had been used.
    Verify {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Print a new link that verifies a user, for a user whose mail does not arrive.
    ///
    /// Nothing is mailed or stored, and links that were mailed before still work. Opening the link proves the
    /// address, so give it to the owner of the address only.
    Link {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// The contract whose page the link leads to, by its name in the settings, if not the site's page.
        #[arg(long, value_name = "NAME")]
        contract: Option<String>,
    },
    /// Disable a user: the user cannot log in, and no link changes that.
    Disable {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Enable a disabled user again.
    Enable {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Make a user staff.
    ///
    /// A staff member may list, change and delete all users at the contract djoser, and nothing more anywhere else.
    MakeStaff {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Make a user staff no longer.
    ///
    /// From the next request on, the user may do what other users may, and nothing more. The user's sessions go on.
    DismissStaff {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Import users from a file: JSON lines, or a `dumpdata` of Django.
    ///
    /// The file is read twice. First every entry is judged, and all that cannot be imported is listed with its line and
    /// the reason; then nothing is imported, unless `--skip-bad` is given. Otherwise all users are stored with everything
    /// that belongs to them: ids, password hashes, provider accounts and tokens stay as they were. No mail is sent.
    ///
    /// If the import is cut off at any moment, run the same command again: it goes on where it stopped. A server may run
    /// beside it. docs/moving.md describes the format.
    Import(ImportArguments),
    /// Write all users as JSON lines, each as `users import` reads it.
    ///
    /// The file holds SECRETS: password hashes, the digests of sessions, and what links are bound to. Keep it as you keep
    /// the database. It has everything of the users as it is at one instant, and not what the server is about to do:
    /// mails that wait, and budgets.
    Export(ExportArguments),
    /// Delete a user for good, with everything that belongs to it.
    Delete {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// Do not ask. Without a terminal nothing is asked.
        #[arg(long)]
        yes: bool,
    },
}
