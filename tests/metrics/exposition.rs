//! Reads the OpenMetrics text format strictly: what Prometheus would refuse or misread is a failure.

use std::collections::{BTreeMap, BTreeSet};

/// A sample: its name and labels.
type Series = (String, BTreeMap<String, String>);

/// Metrics that were read.
pub struct Exposition {
    families: Vec<(String, String)>,
    samples: BTreeMap<Series, f64>,
}

impl Exposition {
    /// Parses the whole text.
    ///
    /// # Panics
    ///
    /// If it is not well formed.
    #[track_caller]
    pub fn parse(text: &str) -> Self {
        let lines = text.strip_suffix("# EOF\n").expect("it ends with # EOF");
        let mut seen = Self { families: Vec::new(), samples: BTreeMap::new() };
        let mut names = BTreeSet::new();
        for line in lines.lines() {
            match line.strip_prefix("# ") {
                Some(comment) => seen.comment(comment, &mut names),
                None => seen.sample(line),
            }
        }
        seen.check_histograms();
        seen
    }

    /// The families, each with its type.
    pub fn families(&self) -> &[(String, String)] {
        &self.families
    }

    /// The value of one series.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.samples.get(&(name.to_owned(), labels)).copied()
    }

    fn comment(&mut self, comment: &str, names: &mut BTreeSet<String>) {
        let mut words = comment.splitn(3, ' ');
        let (keyword, name, rest) = (words.next(), words.next().expect("a name"), words.next().expect("a text"));
        assert!(name.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()), "{name}");
        match keyword {
            Some("HELP") => assert!(names.insert(name.to_owned()), "{name} is described twice"),
            Some("TYPE") => {
                assert!(["counter", "gauge", "histogram", "info"].contains(&rest), "{name}: {rest}");
                self.families.push((name.to_owned(), rest.to_owned()));
            }
            Some("UNIT") => assert!(name.ends_with(&format!("_{rest}")), "{name} has the unit {rest}"),
            _ => panic!("{comment}"),
        }
    }

    fn sample(&mut self, line: &str) {
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').unwrap_or_else(|| panic!("{line}"))),
            None => (series, ""),
        };
        let (family, kind) = self.families.last().unwrap_or_else(|| panic!("{line} has no family"));
        let suffix = name.strip_prefix(family.as_str()).unwrap_or_else(|| panic!("{line} stands in {family}"));
        let fits = match kind.as_str() {
            "counter" => suffix == "_total",
            "gauge" => suffix.is_empty(),
            "info" => suffix == "_info",
            _ => ["_bucket", "_sum", "_count"].contains(&suffix),
        };
        assert!(fits, "{line} is no {kind}");
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(kind == "gauge" || value >= 0.0, "{line}");
        let labels = labels_of(labels);
        let known = self.samples.insert((name.to_owned(), labels), value);
        assert!(known.is_none(), "{line} is there twice");
    }

    /// Checks that buckets grow, and that the last one holds all.
    fn check_histograms(&self) {
        let mut buckets: BTreeMap<Series, Vec<(f64, f64)>> = BTreeMap::new();
        for ((name, labels), value) in &self.samples {
            let Some(histogram) = name.strip_suffix("_bucket") else { continue };
            let mut labels = labels.clone();
            let bound = labels.remove("le").expect("a bucket has a bound");
            let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().expect("a bound is a number") };
            buckets.entry((histogram.to_owned(), labels)).or_default().push((bound, *value));
        }
        for ((name, labels), mut buckets) in buckets {
            buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
            assert!(buckets.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{name}: {buckets:?}");
            let all = buckets.last().expect("there is a bucket");
            assert_eq!(Some(&all.1), self.samples.get(&(format!("{name}_count"), labels)), "{name}");
            assert!(all.0.is_infinite(), "{name}");
        }
    }
}

fn labels_of(text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for label in text.split("\",").filter(|label| !label.is_empty()) {
        let (name, value) = label.split_once("=\"").unwrap_or_else(|| panic!("{text}"));
        let value = value.strip_suffix('"').unwrap_or(value);
        assert!(name.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()), "{name}");
        assert!(!value.contains(['"', '\\', '\n']), "{value}");
        assert!(labels.insert(name.to_owned(), value.to_owned()).is_none(), "{text}");
    }
    labels
}
