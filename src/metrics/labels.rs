//! The labels of the metrics.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;

/// An endpoint: a contract's name in the settings, or `site`, and the route template.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct EndpointLabels {
    pub(super) contract: &'static str,
    pub(super) endpoint: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct MethodLabels {
    pub(super) contract: &'static str,
    pub(super) endpoint: Arc<str>,
    pub(super) method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RequestLabels {
    pub(super) contract: &'static str,
    pub(super) endpoint: Arc<str>,
    pub(super) method: &'static str,
    pub(super) status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct LoginLabels {
    pub(super) method: &'static str,
    pub(super) outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct LinkLabels {
    pub(super) purpose: &'static str,
    pub(super) system: &'static str,
    pub(super) outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct EventLabels {
    pub(super) event: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct MailLabels {
    pub(super) kind: &'static str,
    pub(super) outcome: &'static str,
}
