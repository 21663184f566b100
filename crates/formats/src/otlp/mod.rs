//! OpenTelemetry profiles as protobuf: `ProfilesData`, and `ExportProfilesServiceRequest` which looks the same.
//!
//! After `opentelemetry/proto/profiles/v1development/profiles.proto` of opentelemetry-proto 1.11, which is still in
//! development. Profiles are grouped by resource (a process, a container); each has one value column, and all refer to
//! one dictionary of stacks, locations, functions, mappings, attributes and strings.

mod attributes;
mod dictionary;
mod messages;
mod reader;
mod samples;
mod writer;

pub(crate) use reader::read;
pub use writer::write;

use prost::encoding::{WireType, decode_key, decode_varint};

/// Attribute with the kind of code that a location is of.
const FRAME_TYPE: &str = "profile.frame.type";

/// Attributes with build ids, the best first.
const BUILD_IDS: [&str; 3] =
    ["process.executable.build_id.gnu", "process.executable.build_id.go", "process.executable.build_id.htlhash"];

/// How many fields of an input are looked at.
const MAX_FIELDS: usize = 64;

/// Whether content begins like this format: with a resource that has scopes with profiles.
pub(crate) fn looks_like(head: &[u8]) -> bool {
    let mut scopes = 0;
    let fits = fields(head, |number, resource| match number {
        1 => fields(resource, |number, inner| {
            scopes += usize::from(number == 2);
            match number {
                1 => fields(inner, |number, _| number == 1),
                2 => fields(inner, |number, _| (1..=3).contains(&number)),
                3 => true,
                _ => false,
            }
        }),
        2 => fields(resource, |number, _| (1..=7).contains(&number)),
        _ => false,
    });
    fits && scopes > 0 && head.iter().any(|&byte| byte < b'\t')
}

/// Whether all fields of a message, which may be cut off anywhere, are messages or texts that are accepted.
fn fields(mut data: &[u8], mut accepts: impl FnMut(u32, &[u8]) -> bool) -> bool {
    for _ in 0..MAX_FIELDS {
        if data.is_empty() {
            break;
        }
        let Ok((number, wire)) = decode_key(&mut data) else { return data.is_empty() };
        if wire == WireType::Varint && number == 2 {
            // `dropped_attributes_count` of a resource.
            if decode_varint(&mut data).is_err() {
                return true;
            }
            continue;
        }
        if wire != WireType::LengthDelimited {
            return false;
        }
        let Ok(length) = decode_varint(&mut data) else { return true };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (inner, rest) = data.split_at(length.min(data.len()));
        if !accepts(number, inner) {
            return false;
        }
        data = rest;
    }
    true
}
