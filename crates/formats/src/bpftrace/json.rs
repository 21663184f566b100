//! A line of `bpftrace -f json`: `{"type": "map", "data": {"@NAME": {"KEYS": VALUE, …}}}`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::entry::Key;
use super::maps::Maps;
use crate::warning::{Place, WarningKind};

#[derive(Deserialize)]
struct Document {
    r#type: String,
    #[serde(default)]
    data: Value,
}

/// Takes a line, which is a document of its own.
pub(super) fn line(line: &str, place: Place, maps: &mut Maps) {
    let Ok(document) = serde_json::from_str::<Document>(line) else {
        maps.builder().warnings.add(WarningKind::BrokenMessage, place);
        return;
    };
    if matches!(document.r#type.as_str(), "hist" | "lhist" | "tseries") {
        maps.builder().warnings.add(WarningKind::UnreadableLine, place);
    }
    if !matches!(document.r#type.as_str(), "map" | "stats") {
        return;
    }
    let Value::Object(found) = document.data else { return };
    for (name, entries) in found {
        let name = name.strip_prefix('@').unwrap_or(&name);
        let Value::Object(entries) = entries else {
            maps.builder().warnings.add(WarningKind::UnreadableLine, place);
            continue;
        };
        let entries: BTreeMap<String, Value> = entries.into_iter().collect();
        for (keys, value) in entries {
            let value = value.get("total").unwrap_or(&value).to_string();
            maps.add(name, &split_keys(&keys), &value, place);
        }
    }
}

/// Keys are joined by commas without a space; a stack begins and ends with a line feed.
fn split_keys(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut follows_frames = false;
    for line in text.split('\n') {
        if let Some(frame) = line.strip_prefix("    ").or_else(|| line.strip_prefix('\t')) {
            keys.push(Key::Frame(frame.trim().to_owned()));
            follows_frames = true;
        } else {
            Key::parse_all(line, follows_frames, &mut keys);
        }
    }
    keys
}
