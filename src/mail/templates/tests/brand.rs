//! The logo and the colours of a site.

use super::*;
use crate::settings::Color;

#[test]
fn a_logo_stands_in_place_of_the_name_and_says_it_where_pictures_are_not_shown() {
    let with_logo = Site { logo_url: "https://app.example/logo.png?a=1&b=\"2\"".into(), ..site() };
    for (site, has_logo) in [(with_logo, true), (site(), false)] {
        let templates = Templates::load(None).expect("the built-in templates are sound").of_site(site);
        for kind in MailKind::ALL {
            let rendered = templates.render(kind, &context(kind, "Tea & Co")).expect("it renders");
            let html = rendered.html.expect("there is an HTML part");
            let picture = r#"<img src="https://app.example/logo.png?a=1&amp;b=&quot;2&quot;" alt="Tea &amp; Co""#;
            assert_eq!(html.contains(picture), has_logo, "{html}");
            assert_eq!(html.matches("<img").count(), usize::from(has_logo));
            assert!(!rendered.text.contains("logo"), "{}", rendered.text);
        }
    }
}

#[test]
fn the_colour_of_the_site_is_that_of_buttons_and_links_and_of_no_ground() {
    let colors = Palette::of(Color::parse("#ffd400").expect("it is a colour"));
    let templates = Templates::load(None).expect("sound").of_site(Site { colors: colors.clone(), ..site() });
    for kind in MailKind::ALL {
        let html = templates.render(kind, &context(kind, "Tea & Co")).expect("it renders").html.expect("HTML");
        assert!(html.contains(&format!("a {{ color: {}; }}", colors.link_color)), "{html}");
        assert!(html.contains(&format!("a {{ color: {} !important; }}", colors.link_color_dark)), "{html}");
        let button = format!(r#"bgcolor="{0}" style="border-radius: 8px; background-color: {0};"#, colors.accent_color);
        assert_eq!(html.contains(&button), kind.has_link(), "{html}");
        assert_eq!(html.contains("font-weight: 600; color: #14161a;"), kind.has_link(), "{html}");
        assert!(!html.contains("#1d4ed8"), "{html}");
    }
}
