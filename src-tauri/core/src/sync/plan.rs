//! Which part of which list is read next: ranges of `created` that split where there is much to read.

use crate::mirror::RangeProgress;
use crate::stripe::{Params, document::Objects, resource::Part};

/// One part of one resource's list, newest first, as far as it was read.
#[derive(Debug, Clone)]
pub(super) struct Range {
    pub id: i64,
    pub resource: usize,
    pub part: Option<Part>,
    /// The first second that belongs to it; open at the old end where `None`.
    pub from: Option<i64>,
    /// The first second after it; open at the new end where `None`.
    pub before: Option<i64>,
    pub cursor: Option<String>,
    pub oldest: Option<i64>,
    pub stage: Stage,
    /// Seconds between the newest and the oldest object of the last page.
    pub page_span: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Waiting,
    Reading,
    Done,
}

/// What a free reader does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Read(usize),
    /// Give the part of range `index` that is older than `at` to a new range.
    Split {
        index: usize,
        at: i64,
    },
    /// Others are still reading; their ranges may become worth splitting.
    Wait,
    Finished,
}

#[derive(Debug, Default)]
pub(super) struct Plan {
    pub ranges: Vec<Range>,
    lists: Vec<List>,
    /// Readers that one list feeds; with more of them it is only split smaller.
    at_once: usize,
    /// Whether they can be all there are: lists are read one after the other then, so that what comes
    /// first is whole first.
    in_order: bool,
}

/// What is known of a resource's list as a whole.
#[derive(Debug, Clone, Copy)]
struct List {
    /// Whether it takes `created`.
    ranged: bool,
    /// The newest second that was seen in it.
    newest: Option<i64>,
    /// It failed or may not be read: nothing more is asked.
    stopped: bool,
}

/// Splitting something smaller costs a request and saves none.
const WORTH_SPLITTING: i64 = 3;

/// Where a list's old end is open, it is guessed to be this many times as far away as was read
/// already, so that an account is not searched through years before it existed. A wrong guess only
/// makes parts of unequal size, which are split again.
const GUESSED_REST: i64 = 3;

impl Range {
    pub fn new(id: i64, resource: usize) -> Self {
        Self {
            id,
            resource,
            part: None,
            from: None,
            before: None,
            cursor: None,
            oldest: None,
            stage: Stage::Waiting,
            page_span: 0,
        }
    }

    pub fn filter(&self) -> Params {
        // Without its cursor (the object it named was deleted) reading goes on at the second where
        // it stood; what was read of that second comes again and changes nothing.
        let (lt, lte) = match (&self.cursor, self.oldest) {
            (None, Some(oldest)) => (None, Some(oldest)),
            _ => (self.before, None),
        };
        Part::filter(self.part)
            .maybe("created[gte]", self.from)
            .maybe("created[lt]", lt)
            .maybe("created[lte]", lte)
            .maybe("starting_after", self.cursor.as_deref())
    }

    fn advance(&mut self, objects: &Objects, has_more: bool) -> RangeProgress {
        if let Some((oldest, newest)) = bounds(objects) {
            self.page_span = newest - oldest;
            self.oldest = Some(self.oldest.map_or(oldest, |o| o.min(oldest)));
        }
        let last = objects.iter().next_back().and_then(|last| last.get("id"));
        if let Some(last) = last.and_then(|id| id.as_str()) {
            self.cursor = Some(last.to_owned());
        }
        if !has_more || self.is_past_its_end() {
            self.stage = Stage::Done;
        }
        RangeProgress {
            range: self.id,
            starting_after: self.cursor.clone(),
            oldest_created: self.oldest,
            done: self.stage == Stage::Done,
        }
    }

    /// Whether the rest belongs to the range that was split off.
    pub fn is_past_its_end(&self) -> bool {
        matches!((self.oldest, self.from), (Some(oldest), Some(from)) if oldest < from)
    }

    /// Where to split, and how many pages are thought to be left.
    fn split(&self, newest: i64) -> Option<(i64, i64)> {
        let oldest = self.oldest?;
        let from = self
            .from
            .unwrap_or_else(|| oldest - GUESSED_REST * (newest - oldest).max(1));
        let at = oldest - (oldest - from) / 2;
        let pages = (oldest - from) / self.page_span.max(1);
        (at > from && at < oldest).then_some((at, pages))
    }
}

/// The seconds of the oldest and the newest object.
fn bounds(objects: &Objects) -> Option<(i64, i64)> {
    let created = || {
        let objects = objects.iter();
        objects.filter_map(|object| object.get("created")?.as_i64())
    };
    Some((created().min()?, created().max()?))
}

impl Plan {
    pub fn new(
        ranges: Vec<Range>,
        ranged: impl IntoIterator<Item = bool>,
        at_once: usize,
        in_order: bool,
    ) -> Self {
        let list = |ranged| List {
            ranged,
            newest: None,
            stopped: false,
        };
        Self {
            ranges,
            lists: ranged.into_iter().map(list).collect(),
            at_once,
            in_order,
        }
    }

    /// Nothing more is asked of this resource. Says whether that is news.
    pub fn stop(&mut self, resource: usize) -> bool {
        !std::mem::replace(&mut self.lists[resource].stopped, true)
    }

    pub fn is_stopped(&self, resource: usize) -> bool {
        self.lists[resource].stopped
    }

    /// Whether nothing is left to read of this resource.
    pub fn is_listed(&self, resource: usize) -> bool {
        let mut own = self
            .ranges
            .iter()
            .filter(|range| range.resource == resource);
        self.lists[resource].stopped || own.all(|range| range.stage == Stage::Done)
    }

    /// Moves a range past a page, and says how far that is.
    pub fn advance(&mut self, index: usize, objects: &Objects, has_more: bool) -> RangeProgress {
        let range = &mut self.ranges[index];
        let list = &mut self.lists[range.resource];
        list.newest = list.newest.max(bounds(objects).map(|(_, newest)| newest));
        range.advance(objects, has_more)
    }

    /// Goes on by time alone, because the object to continue after is gone; a list that does not
    /// take times begins anew.
    pub fn lose_cursor(&mut self, index: usize) {
        let range = &mut self.ranges[index];
        range.cursor = None;
        if !self.lists[range.resource].ranged {
            range.oldest = None;
        }
    }

    pub fn next(&mut self) -> Next {
        let live = |range: &Range| !self.lists[range.resource].stopped;
        let waiting = |range: &Range| range.stage == Stage::Waiting && live(range);
        let waiting = self.ranges.iter().position(waiting);
        let before = waiting.filter(|_| self.in_order);
        let before = before.map(|index| self.ranges[index].resource);
        let split = match (waiting, before) {
            (Some(_), None) => None,
            _ => self.split(before.unwrap_or(usize::MAX)),
        };
        match (split, waiting) {
            (Some((index, at)), _) => Next::Split { index, at },
            (None, Some(index)) => {
                self.ranges[index].stage = Stage::Reading;
                Next::Read(index)
            }
            (None, None) => {
                let reading = |range: &Range| range.stage == Stage::Reading && live(range);
                match self.ranges.iter().any(reading) {
                    true => Next::Wait,
                    false => Next::Finished,
                }
            }
        }
    }

    /// The range with most left to read, of lists that come before this one, and where to split it.
    fn split(&self, before: usize) -> Option<(usize, i64)> {
        let reading =
            |range: &Range| range.stage == Stage::Reading && !self.lists[range.resource].stopped;
        let busiest = self
            .ranges
            .iter()
            .enumerate()
            .filter(|(_, range)| range.resource < before)
            .filter(|(_, range)| reading(range) && self.lists[range.resource].ranged)
            .filter(|(_, range)| {
                let same = |other: &&Range| other.resource == range.resource && reading(other);
                self.ranges.iter().filter(same).count() < self.at_once
            })
            .filter_map(|(index, range)| {
                let newest = self.lists[range.resource].newest?;
                Some((index, range.split(newest)?))
            })
            .max_by_key(|(_, (_, pages))| *pages);
        let worth = |(index, (at, pages))| (pages >= WORTH_SPLITTING).then_some((index, at));
        busiest.and_then(worth)
    }

    /// The older part, committed as row `id`, becomes a range that its reader takes at once. The
    /// part that is cut short keeps what it has read beyond the cut.
    pub fn divide(&mut self, index: usize, at: i64, id: i64) -> usize {
        let whole = &mut self.ranges[index];
        let older = Range {
            from: whole.from,
            part: whole.part,
            before: Some(at),
            stage: Stage::Reading,
            ..Range::new(id, whole.resource)
        };
        whole.from = Some(at);
        self.ranges.push(older);
        self.ranges.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    const PAGE: usize = 10;

    /// What Stripe's list answers for this range: newest first, ids in order of creation.
    fn page(list: &[i64], range: &Range) -> (Vec<Value>, bool) {
        let cursor: usize = match &range.cursor {
            Some(id) => id.parse().unwrap(),
            None => list.len(),
        };
        let fits = |n: &usize| {
            range.from.is_none_or(|from| list[*n] >= from)
                && range.before.is_none_or(|before| list[*n] < before)
        };
        let mut found: Vec<usize> = (0..cursor).rev().filter(fits).take(PAGE + 1).collect();
        let has_more = found.len() > PAGE;
        found.truncate(PAGE);
        let object = |n: usize| json!({"id": n.to_string(), "created": list[n]});
        (found.into_iter().map(object).collect(), has_more)
    }

    /// Readers that answer in any order, splitting whenever one is free.
    fn read(list: &[i64], readers: usize, rng: &mut StdRng) -> (BTreeSet<usize>, usize) {
        let mut plan = Plan::new(vec![Range::new(0, 0)], [true], readers, true);
        let (mut seen, mut requests, mut busy) = (BTreeSet::new(), 0, Vec::new());
        loop {
            while busy.len() < readers {
                match plan.next() {
                    Next::Read(index) => busy.push(index),
                    Next::Split { index, at } => {
                        let id = plan.ranges.len() as i64;
                        busy.push(plan.divide(index, at, id));
                    }
                    Next::Wait => break,
                    Next::Finished => return (seen, requests),
                }
            }
            let index = *busy.choose(rng).unwrap();
            let (objects, has_more) = page(list, &plan.ranges[index]);
            requests += 1;
            let id = |object: &Value| object["id"].as_str().unwrap().parse::<usize>().unwrap();
            seen.extend(objects.iter().map(id));
            if plan.advance(index, &objects.into(), has_more).done {
                busy.retain(|other| *other != index);
            }
        }
    }

    #[test]
    fn however_it_splits_every_object_is_read_and_few_twice() {
        let mut rng = StdRng::seed_from_u64(11);
        for round in 0..300 {
            let length = rng.random_range(0..600);
            // From all in one second to years with most of it in the last days.
            let years = rng.random_range(0..4);
            let mut list: Vec<i64> = (0..length)
                .map(|_| {
                    let spread = rng.random::<f64>().powi(years);
                    1_700_000_000 - (spread * 100_000_000.0 * f64::from(years)) as i64
                })
                .collect();
            list.sort_unstable();
            let readers = rng.random_range(1..9);
            let (seen, requests) = read(&list, readers, &mut rng);
            assert_eq!(seen, (0..length).collect(), "round {round}");
            let alone = length.div_ceil(PAGE).max(1);
            assert!(
                requests <= 2 * alone + 2 * readers,
                "round {round}: {requests} requests where {alone} would do"
            );
        }
    }

    #[test]
    fn a_range_whose_cursor_was_deleted_goes_on_at_its_second() {
        let ranges = vec![Range::new(0, 0), Range::new(1, 1)];
        let mut plan = Plan::new(ranges, [true, false], 8, true);
        let objects = Objects::from(vec![
            json!({"id": "cus_2", "created": 20}),
            json!({"id": "cus_1", "created": 10}),
        ]);
        for index in [0, 1] {
            plan.advance(index, &objects, true);
            plan.lose_cursor(index);
        }
        assert_eq!(
            plan.ranges[0].filter(),
            Params::new().with("created[lte]", 10)
        );
        assert_eq!(plan.ranges[1].filter(), Params::new());
    }

    #[test]
    fn lists_are_read_one_after_the_other_where_one_can_feed_all_readers() {
        for in_order in [true, false] {
            let ranges = vec![Range::new(0, 0), Range::new(1, 1)];
            let mut plan = Plan::new(ranges, [true, true], 8, in_order);
            assert_eq!(plan.next(), Next::Read(0));
            let page = (0..100).map(|n| json!({"id": n.to_string(), "created": 1_000 - n}));
            plan.advance(0, &page.collect::<Vec<Value>>().into(), true);
            match plan.next() {
                Next::Split { index: 0, .. } => assert!(in_order),
                next => assert_eq!((next, in_order), (Next::Read(1), false)),
            }
        }
    }
}
