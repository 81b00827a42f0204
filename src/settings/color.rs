//! Colours, as style sheets write them.

use std::fmt;

/// A colour in sRGB, with 8 bits for each part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl Color {
    /// White.
    pub const WHITE: Self = Self([255; 3]);

    /// Returns the colour with these parts: red, green, blue.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// Parses `#1d4ed8`, or `#14d`, which is short for `#1144dd`. Letters may be capitals.
    ///
    /// # Errors
    ///
    /// What is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits: Option<Vec<u8>> = text
            .strip_prefix('#')
            .and_then(|digits| digits.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect());
        match digits.as_deref() {
            Some(&[r1, r0, g1, g0, b1, b0]) => Ok(Self([r1 * 16 + r0, g1 * 16 + g0, b1 * 16 + b0])),
            Some(&[red, green, blue]) => Ok(Self([red * 17, green * 17, blue * 17])),
            _ => Err("allowed is a colour of six hexadecimal digits, as in \"#1d4ed8\"".to_owned()),
        }
    }

    /// Returns the contrast to another colour, from 1 (none) to 21 (black and white): WCAG 2.2, "contrast ratio". Text
    /// needs 4.5.
    pub fn contrast_to(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Returns the mixture with another colour. `share` is the other one's part, from 0 to 1.
    #[must_use]
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |index: usize| {
            let (one, other) = (f64::from(self.0[index]), f64::from(other.0[index]));
            // Between two values of a byte, so that it is one.
            (one + (other - one) * share).round() as u8
        };
        Self([mix(0), mix(1), mix(2)])
    }

    /// Returns the relative luminance, from 0 to 1: WCAG 2.2.
    fn luminance(self) -> f64 {
        let linear = |part: u8| match f64::from(part) / 255.0 {
            part if part <= 0.04045 => part / 12.92,
            part => ((part + 0.055) / 1.055).powf(2.4),
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Color {
    /// Writes `#1d4ed8`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_three_or_six_digits_behind_a_hash() {
        for (text, shown) in [("#1d4ed8", "#1d4ed8"), ("#FFAA00", "#ffaa00"), ("#fa0", "#ffaa00"), ("#000", "#000000")]
        {
            assert_eq!(Color::parse(text).unwrap().to_string(), shown);
        }
        for text in
            ["", "#", "1d4ed8", "#1d4ed", "#1d4ed8ff", "#12345g", "blue", "#１２３", " #000", "#000;", "rgb(0,0,0)"]
        {
            assert!(Color::parse(text).unwrap_err().contains("#1d4ed8"), "{text}");
        }
    }

    #[test]
    fn contrasts_are_those_of_the_guidelines() {
        let contrast = |one: &str, other: &str| Color::parse(one).unwrap().contrast_to(Color::parse(other).unwrap());
        // The lightest grey that WCAG lets stand on white for text is #767676.
        assert!((contrast("#767676", "#ffffff") - 4.54).abs() < 0.01);
        assert!((contrast("#000", "#fff") - 21.0).abs() < 0.001);
        assert!((contrast("#fff", "#000") - 21.0).abs() < 0.001);
        assert!((contrast("#808080", "#808080") - 1.0).abs() < 0.001);
    }

    #[test]
    fn a_mixture_lies_between_its_colours() {
        let (black, white) = (Color::new(0, 0, 0), Color::WHITE);
        assert_eq!(black.mixed(white, 0.0), black);
        assert_eq!(black.mixed(white, 1.0), white);
        assert_eq!(black.mixed(white, 0.5).to_string(), "#808080");
        assert_eq!(white.mixed(Color::new(255, 0, 0), 0.5).to_string(), "#ff8080");
    }
}
