//! TLS on the way to PostgreSQL, as `sslmode` and `sslrootcert` in the URL say.

use std::fs;

use crate::process::Home;
use crate::support::postgres_cluster::{PostgresCluster, Stop};
use crate::support::smtp_server::{CERTIFICATE, KEY, ROOT_CERTIFICATE};

/// A server that takes encrypted connections only, and whose certificate is for `localhost`.
fn encrypted() -> Option<PostgresCluster> {
    let cluster = PostgresCluster::start()?;
    cluster.stop(Stop::Fast);
    cluster.write("server.crt", CERTIFICATE);
    cluster.write("server.key", KEY);
    cluster.write("pg_hba.conf", "hostssl countersign countersign all trust\n");
    cluster.configure("ssl = on");
    cluster.resume();
    Some(cluster)
}

/// What the program says to this URL: that the tables are made, or why not.
fn migrated(home: &Home, url: &str) -> Result<String, String> {
    let settings = format!("[database]\nurl = \"{url}\"\nconnections = 1\n");
    fs::write(home.settings(), settings).expect("it can be written");
    let finished = home.run(&["migrate"]);
    if finished.code == Some(0) { Ok(finished.done()) } else { Err(finished.complaint(1)) }
}

#[test]
fn a_server_that_proves_itself_is_used_and_any_other_is_not() {
    let Some(cluster) = encrypted() else { return };
    let home = Home::new("");
    let root = home.path("root.pem");
    fs::write(&root, ROOT_CERTIFICATE).expect("it can be written");
    let root = root.display();
    let named = cluster.url().replace("127.0.0.1", "localhost");

    let said = migrated(&home, &format!("{named}?sslmode=verify-full&sslrootcert={root}"));
    assert!(said.is_ok_and(|said| said.starts_with("Ran 2026")));
    assert_eq!(migrated(&home, &format!("{named}?sslmode=require")), Ok("The tables are up to date.\n".to_owned()));

    for (url, reason) in [
        (format!("{}?sslmode=verify-full&sslrootcert={root}", cluster.url()), "does not match host name"),
        (format!("{named}?sslmode=verify-full&sslrootcert={root}.missing"), "does not exist"),
        (format!("{named}?sslmode=verify-full&sslrootcert=system"), "certificate verify failed"),
        (format!("{named}?sslmode=disable"), "no encryption"),
    ] {
        let complaint = migrated(&home, &url).expect_err("the server has not proved itself");
        assert!(complaint.contains(reason) && complaint.contains("`database.url`"), "{complaint}");
    }
}
