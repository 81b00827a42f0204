//! A checksum of a set of rows. It does not depend on the engine or on the order of the rows.
//!
//! Each row's values go into a SHA-256, and the sums of the rows are added up. Adding forgets the order, and it must:
//! PostgreSQL sorts text as its locale says, SQLite by bytes. It tells slips and damage, not a forger who looks for
//! rows that cancel out.

use std::fmt;

use sha2::{Digest, Sha256};

/// The number of rows, and the sum of their checksums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checksum {
    /// How many rows.
    pub rows: u64,
    /// 256 bits, the lowest 64 first.
    sum: [u64; 4],
}

impl Checksum {
    /// Adds further rows.
    pub(crate) fn add(&mut self, more: Self) {
        self.rows += more.rows;
        let mut carry = false;
        for (limb, added) in self.sum.iter_mut().zip(more.sum) {
            let (sum, overflowed) = limb.overflowing_add(added);
            let (sum, overflowed_again) = sum.overflowing_add(u64::from(carry));
            *limb = sum;
            carry = overflowed || overflowed_again;
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sum.iter().rev().try_for_each(|limb| write!(f, "{limb:016x}"))
    }
}

/// The checksum of one row, fed with its values in the order of its columns.
pub(super) struct RowSum(Sha256);

impl RowSum {
    /// Begins a row of the table.
    pub(super) fn begin(table: &str) -> Self {
        let mut sum = Self(Sha256::new());
        sum.feed(&table.to_owned());
        sum
    }

    /// Adds the next value.
    pub(super) fn feed(&mut self, value: &impl Summed) {
        value.feed(&mut self.0);
    }

    /// The checksum of this row alone.
    pub(super) fn end(self) -> Checksum {
        let digest: [u8; 32] = self.0.finalize().into();
        let (limbs, _) = digest.as_chunks::<8>();
        let mut sum = [0; 4];
        for (limb, bytes) in sum.iter_mut().zip(limbs) {
            *limb = u64::from_be_bytes(*bytes);
        }
        Checksum { rows: 1, sum }
    }
}

/// A value of a column. No two that differ feed the same bytes: NULL, 0 and the empty text are three things.
pub(super) trait Summed {
    fn feed(&self, sum: &mut Sha256);
}

impl Summed for String {
    fn feed(&self, sum: &mut Sha256) {
        sum.update([2]);
        sum.update((self.len() as u64).to_be_bytes());
        sum.update(self.as_bytes());
    }
}

impl Summed for i64 {
    fn feed(&self, sum: &mut Sha256) {
        sum.update([1]);
        sum.update(self.to_be_bytes());
    }
}

impl Summed for i32 {
    fn feed(&self, sum: &mut Sha256) {
        i64::from(*self).feed(sum);
    }
}

impl<T: Summed> Summed for Option<T> {
    fn feed(&self, sum: &mut Sha256) {
        match self {
            Some(value) => value.feed(sum),
            None => sum.update([0]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[Option<&str>]) -> Checksum {
        let mut sum = RowSum::begin("users");
        values.iter().for_each(|value| sum.feed(&value.map(str::to_owned)));
        sum.end()
    }

    fn total(rows: &[Checksum]) -> Checksum {
        let mut total = Checksum::default();
        rows.iter().for_each(|row| total.add(*row));
        total
    }

    #[test]
    fn rows_that_differ_in_anything_have_other_checksums() {
        let mut zero = RowSum::begin("users");
        zero.feed(&0_i64);
        let mut elsewhere = RowSum::begin("outbox");
        elsewhere.feed(&String::new());
        let rows = [
            of(&[None]),
            of(&[Some("")]),
            of(&[Some("0")]),
            of(&[Some("\0")]),
            of(&[Some("ab"), Some("c")]),
            of(&[Some("a"), Some("bc")]),
            of(&[Some("a"), None, Some("bc")]),
            of(&[Some("a"), Some("bc"), None]),
            zero.end(),
            elsewhere.end(),
        ];
        for (position, row) in rows.iter().enumerate() {
            assert!(!rows[..position].contains(row), "{position}");
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_their_number_does() {
        let [ann, bob, cleo] = ["ann", "bob", "cleo"].map(|name| of(&[Some(name)]));
        assert_eq!(total(&[ann, bob, cleo]), total(&[cleo, ann, bob]));
        assert_ne!(total(&[ann, bob]), total(&[ann, bob, bob]));
        assert_ne!(total(&[ann, ann]), total(&[]));
    }

    #[test]
    fn sums_carry_from_limb_to_limb() {
        let mut sum = Checksum { rows: 1, sum: [u64::MAX, u64::MAX, 0, 7] };
        sum.add(Checksum { rows: 1, sum: [1, 0, 0, 0] });
        assert_eq!(sum, Checksum { rows: 2, sum: [0, 0, 1, 7] });
        assert_eq!(sum.to_string(), format!("{:016x}{:016x}{:016x}{:016x}", 7, 1, 0, 0));
    }
}
