//! PostgreSQL databases that the program could not work with: their encoding, and what the role may do.

use std::fs;

use crate::process::Home;
use crate::support::postgres_cluster::PostgresCluster;

/// A home whose settings name this database, as this role.
fn home(cluster: &PostgresCluster, role: &str, database: &str) -> Home {
    let url = format!("postgres://{role}@127.0.0.1:{}/{database}", cluster.port());
    let home = Home::new("");
    let settings = format!(
        "[server]\nbind = \"127.0.0.1:0\"\n[mail]\ntransport = \"directory\"\n[database]\nurl = \"{url}\"\n\
         connections = 1\n"
    );
    fs::write(home.settings(), settings).expect("it can be written");
    home
}

/// `check`, `migrate` and the start all refuse, for the same reason.
fn refused(home: &Home, commands: &[&str], parts: &[&str]) {
    for command in commands {
        let finished = home.run(&[command]);
        assert_eq!(finished.code, Some(1), "{command}: {finished:?}");
        let told = if *command == "check" { finished.stdout } else { finished.stderr };
        for part in parts {
            assert!(told.contains(part), "{command}: {told}");
        }
        assert_eq!(told.contains("ERROR"), *command == "check", "{told}");
    }
}

#[test]
fn a_database_that_lacks_letters_is_refused_before_a_request_needs_them() {
    let Some(cluster) = PostgresCluster::start() else { return };
    cluster.execute("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    let home = home(&cluster, "countersign", "latin");
    let parts = ["the database latin is encoded in LATIN1", "ENCODING 'UTF8' TEMPLATE template0"];
    refused(&home, &["check", "migrate", "serve"], &parts);
}

#[test]
fn a_role_that_may_not_make_tables_is_told_what_it_lacks() {
    let Some(cluster) = PostgresCluster::start() else { return };
    cluster.execute("postgres", "CREATE ROLE stranger LOGIN; CREATE ROLE \"Odd Name\" LOGIN");
    cluster.execute("postgres", "CREATE DATABASE theirs");
    cluster.execute("theirs", "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    let stranger = home(&cluster, "stranger", "theirs");
    let parts = [
        "the role stranger may not make tables in the schema public",
        "`ALTER DATABASE theirs OWNER TO stranger`",
        "`GRANT USAGE, CREATE ON SCHEMA public TO stranger`",
    ];
    refused(&stranger, &["check", "migrate", "serve"], &parts);
    refused(&home(&cluster, "Odd%20Name", "theirs"), &["check"], &["TO \"Odd Name\"`"]);

    cluster.execute("theirs", "REVOKE ALL ON SCHEMA public FROM PUBLIC");
    refused(&stranger, &["check", "migrate"], &["`GRANT USAGE, CREATE ON SCHEMA public TO stranger`"]);
    cluster.execute("theirs", "GRANT USAGE, CREATE ON SCHEMA public TO stranger");
    stranger.run(&["check"]).done();
    stranger.run(&["migrate"]).done();
}

#[test]
fn a_role_that_may_only_read_does_not_serve() {
    let Some(cluster) = PostgresCluster::start() else { return };
    cluster.execute("postgres", "CREATE ROLE reader LOGIN");
    cluster.execute("postgres", "CREATE DATABASE theirs");
    home(&cluster, "countersign", "theirs").run(&["migrate"]).done();
    cluster.execute("theirs", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
    let reader = home(&cluster, "reader", "theirs");
    let remedy = "`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO reader`";
    refused(&reader, &["check", "serve"], &["budgets, ", "users", remedy]);
    reader.run(&["users", "list"]).done();

    cluster.execute("theirs", "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO reader");
    reader.run(&["check"]).done();
    cluster.execute("theirs", "REVOKE UPDATE ON users FROM reader");
    refused(&reader, &["check", "serve"], &["these tables: users; ", remedy]);
    cluster.execute("theirs", "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM reader");
    refused(&reader, &["check", "serve"], &["permission denied for table", "grant the rights"]);
}
