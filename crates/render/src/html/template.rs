//! The viewer's page and where the data goes in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use firesteel_model::Profile;

use crate::html::payload::{HtmlOptions, NamedProfile, payload};
use crate::markup::push_escaped;

/// The viewer built from `web/`: one page with its style sheet and script inside.
const TEMPLATE: &str = include_str!("../../../../web/dist/report.html");

/// A report on one profile.
#[must_use]
pub fn render(profile: &Profile, options: &HtmlOptions) -> String {
    render_all(&[NamedProfile { name: String::new(), profile }], options)
}

/// A report on several profiles, one tab each.
#[must_use]
pub fn render_all(profiles: &[NamedProfile<'_>], options: &HtmlOptions) -> String {
    page(&options.title_of(profiles), &payload(profiles, options))
}

/// The viewer with a title and a data block.
pub(super) fn page(title: &str, data: &[u8]) -> String {
    let data = STANDARD.encode(data);
    let mut page = String::with_capacity(TEMPLATE.len() + data.len() + title.len());
    let mut rest = TEMPLATE;
    // What is put in is not searched for placeholders again.
    while let Some(start) = rest.find("{{") {
        page.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some(after) = rest.strip_prefix("{{TITLE}}") {
            push_escaped(&mut page, title);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("{{PAYLOAD}}") {
            page.push_str(&data);
            rest = after;
        } else {
            page.push_str("{{");
            rest = &rest[2..];
        }
    }
    page.push_str(rest);
    page
}
