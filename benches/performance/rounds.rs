//! Rounds: two sides take turns, so that whatever else the machine is at troubles both alike.

use std::io;

/// One round of both sides.
pub struct Round {
    pub ceiling: f64,
    pub ours: f64,
}

/// What the rounds of a comparison come to.
pub struct Comparison {
    /// Medians of each side.
    pub ceiling: f64,
    pub ours: f64,
    /// The median of the rounds' ratios, ours to the ceiling; not the ratio of the medians.
    pub ratio: f64,
    /// The lowest and the highest of them.
    pub spread: (f64, f64),
}

/// Runs both sides in each of `count` rounds; who begins changes from round to round.
///
/// # Errors
///
/// Those of the sides.
pub fn alternate(
    count: usize,
    mut ceiling: impl FnMut(usize) -> io::Result<f64>,
    mut ours: impl FnMut(usize) -> io::Result<f64>,
) -> io::Result<Comparison> {
    let mut rounds = Vec::with_capacity(count);
    for number in 0..count {
        rounds.push(if number % 2 == 0 {
            let ceiling = ceiling(number)?;
            Round { ceiling, ours: ours(number)? }
        } else {
            let ours = ours(number)?;
            Round { ceiling: ceiling(number)?, ours }
        });
    }
    Ok(Comparison::of(&rounds))
}

impl Comparison {
    /// Summarizes rounds, of which there is at least one.
    pub fn of(rounds: &[Round]) -> Self {
        let ratios = || rounds.iter().map(|round| round.ours / round.ceiling);
        Self {
            ceiling: median(rounds.iter().map(|round| round.ceiling)),
            ours: median(rounds.iter().map(|round| round.ours)),
            ratio: median(ratios()),
            spread: (ratios().fold(f64::INFINITY, f64::min), ratios().fold(f64::NEG_INFINITY, f64::max)),
        }
    }
}

/// The middle of the values; the mean of the two in the middle where their number is even.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) { (values[middle - 1] + values[middle]) / 2.0 } else { values[middle] }
}

/// The value that `share` (0 to 1) of the values do not exceed.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let position = (values.len() as f64 * share).ceil() as usize;
    values[position.clamp(1, values.len()) - 1]
}
