//! Where metrics are served.

use super::reader::Reader;
use super::server::Bind;

/// `[metrics]`: whether and where metrics for Prometheus are served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsSettings {
    /// Where to listen for Prometheus; `None` counts nothing.
    pub bind: Option<Bind>,
    /// Whether that may be an address that the Internet reaches.
    pub allow_public_bind: bool,
}

impl MetricsSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            bind: reader.optional("metrics.bind", |text| text.parse()),
            allow_public_bind: reader.flag("metrics.allow_public_bind"),
        }
    }
}
