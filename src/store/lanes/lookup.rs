//! Finds values by key. On PostgreSQL, lookups that wait together share a query.

use std::any::Any;
use std::collections::HashMap;

use diesel::result::QueryResult;
use tokio::sync::oneshot;

use super::work::{AnyLookup, Attempt, Shape, Work};
use crate::store::StoreError;
use crate::store::connection::AnyConnection;

/// How values of one kind are found: one alone, and several with one query.
pub(in crate::store) struct Queries<V> {
    pub one: fn(&mut AnyConnection, &str) -> QueryResult<Option<V>>,
    pub several: fn(&mut AnyConnection, &[&str]) -> QueryResult<Found<V>>,
}

/// Values by their keys. A key without a value is left out.
pub(in crate::store) type Found<V> = HashMap<String, V>;

/// A queued key, and the value that was found.
pub(super) struct Lookup<V: 'static> {
    key: String,
    queries: &'static Queries<V>,
    found: Option<V>,
    /// `None` once it is used.
    answer: Option<oneshot::Sender<Result<Box<Lookup<V>>, StoreError>>>,
}

impl<V> Lookup<V> {
    pub(super) fn new(
        key: String,
        queries: &'static Queries<V>,
        answer: oneshot::Sender<Result<Box<Lookup<V>>, StoreError>>,
    ) -> Self {
        Self { key, queries, found: None, answer: Some(answer) }
    }

    /// Returns what was found.
    pub(super) fn into_found(self) -> Option<V> {
        self.found
    }
}

impl<V: Send> Attempt for Lookup<V> {
    fn shape(&self) -> Shape {
        Shape::Read
    }

    fn attempt(&mut self, connection: &mut AnyConnection) -> QueryResult<()> {
        self.found = (self.queries.one)(connection, &self.key)?;
        Ok(())
    }
}

impl<V: Clone + Send> Work for Lookup<V> {
    fn settle(mut self: Box<Self>, done: Result<(), StoreError>) {
        if let Some(answer) = self.answer.take() {
            // The receiver is gone if the client has disconnected.
            let _ = answer.send(done.map(|()| self));
        }
    }

    fn as_lookup(&mut self) -> Option<&mut dyn AnyLookup> {
        Some(self)
    }
}

impl<V: Clone + Send> AnyLookup for Lookup<V> {
    fn attempt_with(&mut self, others: Vec<&mut dyn AnyLookup>, connection: &mut AnyConnection) -> QueryResult<()> {
        let several = self.queries.several;
        let others = others.into_iter().filter_map(|other| (other as &mut dyn Any).downcast_mut::<Self>());
        let mut all: Vec<&mut Self> = others.collect();
        all.push(self);
        let keys: Vec<&str> = all.iter().map(|lookup| &*lookup.key).collect();
        let found = several(connection, &keys)?;
        for lookup in all {
            // Several clients may send the same key.
            lookup.found = found.get(&lookup.key).cloned();
        }
        Ok(())
    }
}
