//! Who is in a database that the program has worked on.

use countersign::internals::{Store, User};

/// Every user, in the order they registered.
pub async fn all_users(store: &Store) -> Vec<User> {
    let mut users: Vec<User> = Vec::new();
    loop {
        let after = users.last().map(|user| user.id.clone());
        let page = store.list_users(after, 1_000).await.expect("the database answers");
        if page.is_empty() {
            return users;
        }
        users.extend(page);
    }
}
