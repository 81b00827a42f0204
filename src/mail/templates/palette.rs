//! The colours of the mails: all follow from one that the operator chooses.

use serde::Serialize;

use crate::settings::Color;

/// The least contrast of text: WCAG 2.2, success criterion 1.4.3.
const READABLE: f64 = 4.5;

/// How much darker or lighter each further try makes a colour.
const STEP: f64 = 0.05;

/// The darkest ground that text in the mail's light form has, and the lightest of its dark form: those of
/// `layout.html.hbs`.
const LIGHT_GROUND: Color = Color::new(0xf3, 0xf4, 0xf7);
const DARK_GROUND: Color = Color::new(0x1f, 0x22, 0x28);

const BLACK: Color = Color::new(0, 0, 0);
const INK: Color = Color::new(0x14, 0x16, 0x1a);

/// The colours of the mails, as `#1d4ed8`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Palette {
    /// The ground of buttons: the colour that the operator chose.
    pub accent_color: String,
    /// Text on buttons: white, or nearly black where white could not be read.
    pub accent_text_color: String,
    /// Links. The chosen colour, darker where it could not be read on a light ground.
    pub link_color: String,
    /// Links in the dark form. The chosen colour, lighter where it could not be read on a dark ground.
    pub link_color_dark: String,
}

impl Palette {
    /// Returns the colours that follow from `accent`.
    pub fn of(accent: Color) -> Self {
        let is_white_readable = accent.contrast_to(Color::WHITE) >= READABLE;
        let on_accent = if is_white_readable { Color::WHITE } else { INK };
        Self {
            accent_color: accent.to_string(),
            accent_text_color: on_accent.to_string(),
            link_color: readable(accent, BLACK, LIGHT_GROUND).to_string(),
            link_color_dark: readable(accent, Color::WHITE, DARK_GROUND).to_string(),
        }
    }
}

impl Default for Palette {
    /// Returns the colours that follow from black.
    fn default() -> Self {
        Self::of(BLACK)
    }
}

/// Returns `color`, mixed with as little of `end` as makes it readable on `ground`.
fn readable(color: Color, end: Color, ground: Color) -> Color {
    let mut share = 0.0;
    while share < 1.0 {
        let mixed = color.mixed(end, share);
        if mixed.contrast_to(ground) >= READABLE {
            return mixed;
        }
        share += STEP;
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Color {
        Color::parse(text).expect("a palette holds colours")
    }

    proptest! {
        #[test]
        fn whatever_colour_is_chosen_everything_can_be_read(red: u8, green: u8, blue: u8) {
            let accent = Color::new(red, green, blue);
            let palette = Palette::of(accent);
            prop_assert_eq!(&palette.accent_color, &accent.to_string());
            prop_assert!(parsed(&palette.accent_text_color).contrast_to(accent) >= 4.0);
            prop_assert!(parsed(&palette.link_color).contrast_to(LIGHT_GROUND) >= READABLE);
            prop_assert!(parsed(&palette.link_color).contrast_to(Color::WHITE) >= READABLE);
            prop_assert!(parsed(&palette.link_color_dark).contrast_to(DARK_GROUND) >= READABLE);
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        let palette = Palette::of(parsed("#1d4ed8"));
        assert_eq!(palette.link_color, "#1d4ed8");
        assert_eq!(palette.accent_text_color, "#ffffff");
        assert_ne!(palette.link_color_dark, "#1d4ed8");
        assert_eq!(Palette::of(parsed("#ffd400")).accent_text_color, "#14161a");
        assert_eq!(Palette::of(parsed("#ffd400")).link_color_dark, "#ffd400");
    }
}
