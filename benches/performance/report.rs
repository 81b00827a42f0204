//! The table: each figure beside its ceiling and its target.

use std::fmt;

use crate::arguments::Arguments;
use crate::bare::cores;
use crate::rounds::Comparison;

/// One line of the table.
pub struct Line {
    pub what: String,
    pub ours: String,
    pub ceiling: String,
    /// The figure that the target is about, as text and judged.
    pub figure: String,
    pub target: Option<Target>,
}

/// The target, and whether it was reached.
pub struct Target {
    pub text: String,
    pub is_met: bool,
}

impl Target {
    pub fn at_least(figure: f64, target: f64) -> Option<Self> {
        Some(Self { text: format!("≥ {target:.2}"), is_met: figure >= target })
    }

    pub fn at_most(figure: f64, target: f64, unit: &str) -> Option<Self> {
        Some(Self { text: format!("≤ {target} {unit}"), is_met: figure <= target })
    }
}

impl Line {
    /// A comparison of two rates.
    pub fn of_rates(what: &str, unit: &str, comparison: &Comparison, target: Option<f64>) -> Self {
        let Comparison { ceiling, ours, ratio, spread: (lowest, highest) } = comparison;
        Self {
            what: what.to_owned(),
            ours: format!("{ours:.0} {unit}"),
            ceiling: format!("{ceiling:.0} {unit}"),
            figure: format!("{ratio:.3} ({lowest:.2}–{highest:.2})"),
            target: target.and_then(|target| Target::at_least(*ratio, target)),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, ours, ceiling, figure, target } = self;
        let (target, verdict) = match target {
            Some(Target { text, is_met }) => (text.as_str(), if *is_met { "met" } else { "MISSED" }),
            None => ("", ""),
        };
        write!(f, "| {what:54} | {ours:>15} | {ceiling:>15} | {figure:>19} | {target:>8} | {verdict:6} |")
    }
}

/// The table's head, and what the figures hold for.
pub fn heading(arguments: &Arguments) -> String {
    let Arguments { rounds, requests, connections, hashing_seconds, .. } = arguments;
    let head = ["what", "ours", "ceiling", "ratio (range)", "target", ""];
    let [what, ours, ceiling, figure, target, verdict] = head;
    format!(
        "{} cores; {rounds} rounds, {requests} requests or {hashing_seconds} s of hashing each; {connections} \
         connections\n\n| {what:54} | {ours:>15} | {ceiling:>15} | {figure:>19} | {target:>8} | {verdict:6} |\n\
         |{:-<56}|{:->16}:|{:->16}:|{:->20}:|{:->9}:|{:-<8}|",
        cores(),
        "",
        "",
        "",
        "",
        "",
        ""
    )
}
