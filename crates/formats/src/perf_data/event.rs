//! The events of a recording and their names.

use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::attribute::{Attribute, sample_type};
use super::byte_order::ByteOrder;
use super::feature::EventDescription;
use super::layout::Layout;

/// An event that was recorded.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) attribute: Attribute,
    pub(super) layout: Layout,
    pub(super) name: Option<String>,
}

impl Event {
    /// Its name for people.
    pub(super) fn shown_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.attribute.made_up_name())
    }

    /// Whether it is known for how much a sample stands.
    pub(super) fn is_weighted(&self) -> bool {
        self.attribute.has(sample_type::PERIOD) || self.attribute.period().is_some()
    }

    /// For how much a sample stands that does not say it.
    pub(super) fn default_weight(&self) -> u64 {
        self.attribute.period().unwrap_or(1)
    }
}

/// All events, found by the ids that records carry.
#[derive(Debug)]
pub(super) struct Events {
    list: Vec<Event>,
    by_id: HashMap<u64, usize, SeedableState<'static>>,
    /// The id found last, and its event.
    last: Option<(u64, usize)>,
}

impl Default for Events {
    fn default() -> Self {
        Self { list: Vec::new(), by_id: HashMap::with_hasher(SeedableState::fixed()), last: None }
    }
}

impl Events {
    /// Adds an event with the ids of its records.
    pub(super) fn add(&mut self, attribute: Attribute, ids: impl IntoIterator<Item = u64>) {
        let number = self.list.len();
        self.list.push(Event { attribute, layout: Layout::of(attribute), name: None });
        for id in ids {
            self.by_id.entry(id).or_insert(number);
        }
    }

    pub(super) fn get(&self, number: usize) -> Option<&Event> {
        self.list.get(number)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Event> {
        self.list.iter()
    }

    /// Number of the event that a sample is of.
    pub(super) fn of_sample(&mut self, record: &[u8], order: ByteOrder) -> Option<usize> {
        let first = self.list.first()?;
        // The id is at one place in all of them, or there is only one.
        let Some(place) = first.layout.id.filter(|_| self.list.len() > 1) else { return Some(0) };
        let id = order.u64_at(record, place)?;
        if let Some((known, number)) = self.last
            && known == id
        {
            return Some(number);
        }
        // Those that perf makes up itself have no id.
        let number = if id == 0 { 0 } else { *self.by_id.get(&id)? };
        self.last = Some((id, number));
        Some(number)
    }

    /// The time in a record that is no sample.
    pub(super) fn time_of_other(&self, record: &[u8], order: ByteOrder) -> Option<u64> {
        let from_end = self.list.iter().find_map(|event| event.layout.trailing_time)?;
        order.u64_at(record, record.len().checked_sub(from_end)?)
    }

    /// Names the event that has an id.
    pub(super) fn name(&mut self, id: u64, name: String) {
        let found = self.by_id.get(&id).copied();
        if let Some(event) = found.and_then(|number| self.list.get_mut(number)) {
            event.name = Some(name);
        }
    }

    /// Names events as the recording describes them: by an id of theirs, else by position.
    pub(super) fn describe(&mut self, descriptions: &[EventDescription]) {
        for (position, description) in descriptions.iter().enumerate() {
            let by_id = description.ids.iter().find_map(|id| self.by_id.get(id).copied());
            let same = |event: &Event| description.attribute.is_none_or(|attribute| attribute == event.attribute);
            let number = by_id.or_else(|| self.list.get(position).filter(|event| same(event)).map(|_| position));
            if let Some(event) = number.and_then(|number| self.list.get_mut(number))
                && !description.name.is_empty()
            {
                event.name = Some(description.name.clone());
            }
        }
    }
}
