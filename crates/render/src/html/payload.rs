//! The data block of a report: gzip of a JSON header and little-endian columns. `web/src/payload.ts` reads it.

use std::io::Write;

use firesteel_model::{FlameNode, FlameTree, FrameKind, Profile};
use firesteel_normalize::{Categorizer, Category};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::facts::{loss_notes, profile_facts};
use crate::html::columns::{Column, Columns};
use crate::html::difference::ComparisonHeader;
use crate::html::tables::{FunctionsHeader, StringsHeader, Tables};

const MAGIC: &[u8; 8] = b"FIRESTL1";
const VERSION: u32 = 1;

/// Stands for "no node" and "no function".
const NONE: u32 = u32::MAX;

/// A profile under the name that its tab gets.
#[derive(Clone, Debug)]
pub struct NamedProfile<'a> {
    /// Label of the tab, such as `cpu` or `heap`; empty when there is only one.
    pub name: String,
    /// The profile.
    pub profile: &'a Profile,
}

/// Options of [`render`](crate::html::render).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HtmlOptions {
    /// Heading; empty for the title of the first profile.
    pub title: String,
    /// Second line under the heading.
    pub subtitle: String,
    /// Facts to show before those of the profiles, in order.
    pub metadata: Vec<(String, String)>,
    /// What the reader must know, shown before what the profiles themselves lost.
    pub warnings: Vec<String>,
    /// Index of the value column to show first in every profile; `None` for each profile's default.
    pub sample_type: Option<usize>,
}

impl HtmlOptions {
    pub(crate) fn title_of(&self, profiles: &[NamedProfile<'_>]) -> String {
        let titles = profiles.iter().map(|named| named.profile.metadata.title.as_str());
        let title = std::iter::once(self.title.as_str()).chain(titles).find(|title| !title.is_empty());
        title.unwrap_or("Firesteel report").to_owned()
    }
}

#[derive(Serialize)]
struct Header {
    version: u32,
    title: String,
    subtitle: String,
    generator: &'static str,
    metadata: Vec<(String, String)>,
    warnings: Vec<String>,
    strings: StringsHeader,
    functions: FunctionsHeader,
    categories: [&'static str; Category::ALL.len()],
    profiles: Vec<ProfileHeader>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProfileHeader {
    pub(super) name: String,
    pub(super) sample_types: Vec<SampleTypeHeader>,
    pub(super) default_sample_type: usize,
    pub(super) duration: u64,
    /// What is told only of a difference: its first column is before, its second after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comparison: Option<ComparisonHeader>,
    pub(super) nodes: NodesHeader,
}

#[derive(Serialize)]
pub(super) struct SampleTypeHeader {
    pub(super) name: String,
    pub(super) unit: String,
}

#[derive(Serialize)]
pub(super) struct NodesHeader {
    pub(super) parent: Column,
    pub(super) function: Column,
    #[serde(rename = "self")]
    pub(super) self_values: Vec<Column>,
}

/// The compressed data block.
pub(crate) fn payload(profiles: &[NamedProfile<'_>], options: &HtmlOptions) -> Vec<u8> {
    let mut tables = Tables::default();
    let mut columns = Columns::default();
    let profile_headers =
        profiles.iter().map(|named| write_profile(named, options, &mut tables, &mut columns)).collect();
    let mut metadata = options.metadata.clone();
    let mut warnings = options.warnings.clone();
    for named in profiles {
        let prefix = if named.name.is_empty() { String::new() } else { format!("{}: ", named.name) };
        let prefixed = |text: String| format!("{prefix}{text}");
        metadata.extend(profile_facts(named.profile).into_iter().map(|(key, value)| (prefixed(key), value)));
        warnings.extend(loss_notes(named.profile).into_iter().map(prefixed));
    }
    let texts = HtmlOptions { title: options.title_of(profiles), metadata, warnings, ..options.clone() };
    block(texts, profile_headers, &tables, columns)
}

/// The compressed data block of profiles whose columns are written.
pub(super) fn block(
    texts: HtmlOptions,
    profiles: Vec<ProfileHeader>,
    tables: &Tables,
    mut columns: Columns,
) -> Vec<u8> {
    let header = Header {
        version: VERSION,
        title: texts.title,
        subtitle: texts.subtitle,
        generator: concat!("firesteel ", env!("CARGO_PKG_VERSION")),
        metadata: texts.metadata,
        warnings: texts.warnings,
        strings: tables.strings.write(&mut columns),
        functions: tables.functions.write(&mut columns),
        categories: Category::ALL.map(Category::as_str),
        profiles,
    };
    // Only plain structs with string keys are in it, which always serialize.
    let header = serde_json::to_vec(&header).unwrap_or_default();
    let mut block = Vec::with_capacity(header.len() + columns.bytes.len() + 32);
    block.extend_from_slice(MAGIC);
    block.extend_from_slice(&(header.len() as u32).to_le_bytes());
    block.extend_from_slice(&[0; 4]);
    block.extend_from_slice(&header);
    block.resize(block.len().next_multiple_of(8), 0);
    block.extend_from_slice(&columns.bytes);
    compress(&block)
}

fn compress(block: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(block.len() / 3), Compression::new(6));
    // Writing to memory does not fail.
    let _ = encoder.write_all(block);
    encoder.finish().unwrap_or_default()
}

fn write_profile(
    named: &NamedProfile<'_>,
    options: &HtmlOptions,
    tables: &mut Tables,
    columns: &mut Columns,
) -> ProfileHeader {
    let profile = named.profile;
    let tree = FlameTree::build(profile);
    let nodes = tree.nodes();
    let (parents, functions) = write_shape(profile, nodes, tables);
    let self_values = profile.sample_types().iter().enumerate().map(|(column, value_type)| {
        columns.push_f64((0..nodes.len()).map(|node| value_type.to_f64(tree.self_values(node)[column])))
    });
    let self_values = self_values.collect();
    let sample_types = profile.sample_types().iter().map(|value_type| SampleTypeHeader {
        name: value_type.name.clone(),
        unit: value_type.unit.as_str().to_owned(),
    });
    ProfileHeader {
        name: named.name.clone(),
        sample_types: sample_types.collect(),
        default_sample_type: options
            .sample_type
            .filter(|&column| column < profile.sample_types().len())
            .unwrap_or_else(|| profile.default_sample_type()),
        duration: profile.metadata.duration.map_or(0, |duration| duration.0),
        comparison: None,
        nodes: NodesHeader {
            parent: columns.push_u32(parents.into_iter()),
            function: columns.push_u32(functions.into_iter()),
            self_values,
        },
    }
}

/// Parent and function of each box, with their functions put into the tables.
pub(super) fn write_shape(profile: &Profile, nodes: &[FlameNode], tables: &mut Tables) -> (Vec<u32>, Vec<u32>) {
    let categorizer = Categorizer::of_profile(profile);
    // The function of the report for each function of the profile, with the kind of frame it was made for.
    let mut known: Vec<Option<(FrameKind, u32)>> = vec![None; profile.function_count()];
    let mut functions = Vec::with_capacity(nodes.len());
    functions.push(NONE);
    for node in &nodes[1.min(nodes.len())..] {
        let frame = profile.frame(node.frame);
        let index = match known[frame.function.index()] {
            Some((kind, index)) if kind == frame.kind => index,
            _ => {
                let index = tables.function(profile, node.frame, &categorizer);
                known[frame.function.index()] = Some((frame.kind, index));
                index
            }
        };
        tables.functions.not_inlined[index as usize] |= !node.inlined;
        functions.push(index);
    }
    let parents = nodes.iter().enumerate().map(|(index, node)| if index == 0 { NONE } else { node.parent as u32 });
    (parents.collect(), functions)
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Read;

    use super::*;
    use firesteel_model::{Frame, Function, LineNumber, Losses, Nanoseconds, Sample, StackId, ValueType};
    use serde_json::Value;

    /// The header and the columns of a compressed block, read back as the contract says.
    pub(in crate::html) struct Block {
        pub(in crate::html) header: Value,
        columns: Vec<u8>,
    }

    impl Block {
        pub(in crate::html) fn read(compressed: &[u8]) -> Self {
            let mut block = Vec::new();
            flate2::read::GzDecoder::new(compressed).read_to_end(&mut block).unwrap();
            assert_eq!(&block[..8], MAGIC);
            let length = u32::from_le_bytes(block[8..12].try_into().unwrap()) as usize;
            assert_eq!(&block[12..16], [0; 4]);
            let header = serde_json::from_slice(&block[16..16 + length]).unwrap();
            Self { header, columns: block[(16 + length).next_multiple_of(8)..].to_vec() }
        }

        fn column<const SIZE: usize>(&self, pointer: &str, element: &str) -> Vec<[u8; SIZE]> {
            let column = self.header.pointer(pointer).unwrap_or_else(|| panic!("{pointer} in {}", self.header));
            assert_eq!(column["type"], element, "{pointer}");
            let offset = column["offset"].as_u64().unwrap() as usize;
            assert_eq!(offset % 8, 0, "{pointer}");
            let length = column["length"].as_u64().unwrap() as usize;
            let bytes = &self.columns[offset..offset + length * SIZE];
            bytes.chunks_exact(SIZE).map(|chunk| chunk.try_into().unwrap()).collect()
        }

        pub(in crate::html) fn u32s(&self, pointer: &str) -> Vec<u32> {
            self.column(pointer, "u32").into_iter().map(u32::from_le_bytes).collect()
        }

        fn u8s(&self, pointer: &str) -> Vec<u8> {
            self.column::<1>(pointer, "u8").into_iter().map(|[byte]| byte).collect()
        }

        pub(in crate::html) fn f64s(&self, pointer: &str) -> Vec<f64> {
            self.column(pointer, "f64").into_iter().map(f64::from_le_bytes).collect()
        }

        pub(in crate::html) fn strings(&self) -> Vec<String> {
            let (bytes, offsets) = (self.u8s("/strings/bytes"), self.u32s("/strings/offsets"));
            let text = |range: &[u32]| String::from_utf8(bytes[range[0] as usize..range[1] as usize].to_vec()).unwrap();
            offsets.windows(2).map(text).collect()
        }
    }

    fn two_profiles() -> [Profile; 2] {
        let mut cpu = Profile::new(vec![ValueType::samples(), ValueType { decimals: 1, ..ValueType::cpu() }]);
        let mut stack = StackId::ROOT;
        for (name, file, line, inlined) in [
            ("main.main", "main.go", 7, false),
            ("main.f[...]", "main.go", 20, true),
            ("runtime.memmove", "m.s", 1, false),
        ] {
            let function = Function {
                name: cpu.intern(name),
                file: cpu.intern(file),
                start_line: LineNumber(line),
                ..Function::default()
            };
            let function = cpu.intern_function(function);
            let mut frame = Frame { function, kind: FrameKind::Go, ..Frame::default() };
            frame.flags.inlined = inlined;
            let frame = cpu.intern_frame(frame);
            stack = cpu.push_stack(stack, frame);
        }
        cpu.add_sample(Sample::new(stack, &[3, 305]));
        let parent = cpu.stacks().parent(stack);
        cpu.add_sample(Sample::new(parent, &[1, 100]));
        cpu.metadata.duration = Some(Nanoseconds(1_000_000_000));
        cpu.metadata.default_sample_type = 1;
        cpu.metadata.losses = Losses { lost_samples: 2, ..Losses::default() };
        let mut heap = Profile::new(vec![ValueType::samples()]);
        let frame = heap.intern_named_frame("do_page_fault_[k]", FrameKind::Kernel);
        let stack = heap.push_stack(StackId::ROOT, frame);
        heap.add_sample(Sample::new(stack, &[-5]));
        [cpu, heap]
    }

    #[test]
    fn a_block_reads_back() {
        let [cpu, heap] = two_profiles();
        let named =
            [NamedProfile { name: "cpu".into(), profile: &cpu }, NamedProfile { name: "heap".into(), profile: &heap }];
        let block = Block::read(&payload(&named, &HtmlOptions::default()));
        let strings = block.strings();
        assert_eq!(strings[0], "");
        let text = |pointer: &str| -> Vec<String> {
            block.u32s(pointer).into_iter().map(|id| strings[id as usize].clone()).collect()
        };
        assert_eq!(text("/functions/name"), ["main.main", "main.f[...]", "runtime.memmove", "do_page_fault"]);
        assert_eq!(text("/functions/file"), ["main.go", "main.go", "m.s", ""]);
        assert_eq!(text("/functions/package"), ["main", "main", "runtime", ""]);
        assert_eq!(block.u32s("/functions/line"), [7, 20, 1, 0]);
        assert_eq!(block.u8s("/functions/flags"), [0, 1, 0, 0]);
        let categories = block.header["categories"].as_array().unwrap();
        let category: Vec<&str> = block
            .u8s("/functions/category")
            .into_iter()
            .map(|index| categories[index as usize].as_str().unwrap())
            .collect();
        assert_eq!(category, ["own", "own", "runtime", "kernel"]);
        assert_eq!(block.u32s("/profiles/0/nodes/parent"), [NONE, 0, 1, 2]);
        assert_eq!(block.u32s("/profiles/0/nodes/function"), [NONE, 0, 1, 2]);
        assert_eq!(block.f64s("/profiles/0/nodes/self/0"), [0.0, 0.0, 1.0, 3.0]);
        assert_eq!(block.f64s("/profiles/0/nodes/self/1"), [0.0, 0.0, 10.0, 30.5]);
        assert_eq!(block.u32s("/profiles/1/nodes/function"), [NONE, 3]);
        assert_eq!(block.f64s("/profiles/1/nodes/self/0"), [0.0, -5.0]);
        let mut header = block.header.clone();
        for part in ["strings", "functions", "profiles", "generator"] {
            header[part].take();
        }
        insta::assert_snapshot!(serde_json::to_string_pretty(&header).unwrap(), @r#"
        {
          "categories": [
            "own",
            "std",
            "runtime",
            "third-party",
            "native",
            "kernel",
            "unknown"
          ],
          "functions": null,
          "generator": null,
          "metadata": [
            [
              "cpu: duration",
              "1.00 s"
            ],
            [
              "cpu: samples",
              "4 samples"
            ],
            [
              "cpu: cpu",
              "40.5 ns"
            ],
            [
              "heap: samples",
              "-5 samples"
            ]
          ],
          "profiles": null,
          "strings": null,
          "subtitle": "",
          "title": "Firesteel report",
          "version": 1,
          "warnings": [
            "cpu: 2 of 6 samples taken (33.3%) were lost: a buffer was full"
          ]
        }
        "#);
        let profile = &block.header["profiles"][0];
        assert_eq!(profile["defaultSampleType"], 1);
        assert_eq!(profile["duration"], 1_000_000_000);
        assert_eq!(profile["sampleTypes"][1], serde_json::json!({"name": "cpu", "unit": "nanoseconds"}));
    }

    #[test]
    fn an_empty_profile_has_a_root() {
        let profile = Profile::default();
        let block =
            Block::read(&payload(&[NamedProfile { name: String::new(), profile: &profile }], &HtmlOptions::default()));
        assert_eq!(block.u32s("/profiles/0/nodes/parent"), [NONE]);
        assert_eq!(block.header["title"], "Firesteel report");
        assert_eq!(block.strings(), [""]);
    }
}
