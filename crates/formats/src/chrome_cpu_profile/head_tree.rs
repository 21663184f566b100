//! The call tree of profiles before 2016: nodes within nodes.

use super::nodes::{CallFrame, Nodes};
use crate::json::{JsonError, JsonReader, Kind};
use crate::profile_builder::ProfileBuilder;

/// A node that is not complete.
struct Open {
    /// Its number in the order of the text.
    number: usize,
    frame: CallFrame,
    hits: i64,
    id: Option<u64>,
}

/// A node whose fields were all read.
struct Done {
    parent: Option<usize>,
    frame: CallFrame,
    hits: i64,
    id: Option<u64>,
}

/// Reads the tree. The depth of nested nodes is that of the deepest stack, so it is walked without recursion.
pub(super) fn read(
    json: &mut JsonReader<'_>,
    nodes: &mut Nodes,
    builder: &mut ProfileBuilder,
) -> Result<(), JsonError> {
    let mut done: Vec<Option<Done>> = Vec::new();
    let result = walk(json, &mut done);
    // Ids may be missing; numbers of their own keep such nodes apart from others.
    let ids: Vec<u64> = done
        .iter()
        .enumerate()
        .map(|(number, node)| node.as_ref().and_then(|node| node.id).unwrap_or(u64::MAX - number as u64))
        .collect();
    for (number, node) in done.iter().enumerate() {
        let (Some(node), Some(&id)) = (node, ids.get(number)) else { continue };
        let parent = node.parent.and_then(|parent| ids.get(parent)).copied();
        nodes.add(id, parent, node.frame.intern(builder));
        if node.hits != 0 {
            nodes.hits.push((id, node.hits));
        }
    }
    result
}

fn walk(json: &mut JsonReader<'_>, done: &mut Vec<Option<Done>>) -> Result<(), JsonError> {
    if json.kind()? != Kind::Object {
        return json.skip();
    }
    let mut open: Vec<Open> = Vec::new();
    begin(json, done, &mut open);
    let mut key = String::new();
    while let Some(node) = open.last_mut() {
        if json.next_key(&mut key)? {
            match key.as_str() {
                "functionName" => node.frame.name = json.text()?,
                "url" => node.frame.url = json.text()?,
                // Counted from 1 in this format.
                "lineNumber" => node.frame.line = json.index()?.unwrap_or(0),
                "hitCount" => node.hits = json.integer()?.unwrap_or(0).max(0),
                "id" => node.id = json.integer()?.map(|id| id as u64),
                "children" if json.kind()? == Kind::Array => {
                    json.open();
                    enter(json, done, &mut open)?;
                }
                _ => json.skip()?,
            }
            continue;
        }
        // The node is complete; its parent is the one that is open below it.
        let Some(node) = open.pop() else { break };
        let parent = open.last().map(|parent| parent.number);
        if let Some(slot) = done.get_mut(node.number) {
            *slot = Some(Done { parent, frame: node.frame, hits: node.hits, id: node.id });
        }
        if !open.is_empty() {
            enter(json, done, &mut open)?;
        }
    }
    Ok(())
}

/// Opens the next node of the array of children that reading stands in, if there is one.
fn enter(json: &mut JsonReader<'_>, done: &mut Vec<Option<Done>>, open: &mut Vec<Open>) -> Result<(), JsonError> {
    while json.next_entry()? {
        if json.kind()? == Kind::Object {
            begin(json, done, open);
            return Ok(());
        }
        json.skip()?;
    }
    Ok(())
}

fn begin(json: &mut JsonReader<'_>, done: &mut Vec<Option<Done>>, open: &mut Vec<Open>) {
    json.open();
    open.push(Open { number: done.len(), frame: CallFrame::default(), hits: 0, id: None });
    done.push(None);
}
