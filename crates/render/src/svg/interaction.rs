//! The script and style sheet of the picture. Both are the same for every picture; what differs is in attributes.

/// What the script does is described at its start.
pub(super) const SCRIPT: &str = include_str!("interaction.js");

/// Looks of texts and of what the script marks.
pub(super) const STYLE: &str = include_str!("style.css");

#[cfg(test)]
mod tests {
    #[test]
    fn the_script_fits_into_a_cdata_section() {
        assert!(!super::SCRIPT.contains("]]>"));
        assert!(!super::STYLE.contains("]]>"));
    }
}
