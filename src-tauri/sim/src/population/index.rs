//! Which rows belong to a row: one flat list with a range for each owner.

pub struct Index {
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Index {
    /// `owners[member]` is who the member belongs to; `u32::MAX` belongs to nobody.
    pub fn new(owner_count: usize, owners: impl Iterator<Item = u32> + Clone) -> Self {
        let mut starts = vec![0_u32; owner_count + 1];
        for owner in owners.clone().filter(|owner| *owner != u32::MAX) {
            starts[owner as usize + 1] += 1;
        }
        for owner in 0..owner_count {
            starts[owner + 1] += starts[owner];
        }
        let mut free = starts.clone();
        let mut members = vec![0; starts[owner_count] as usize];
        for (member, owner) in owners.enumerate().filter(|(_, owner)| *owner != u32::MAX) {
            let place = &mut free[owner as usize];
            members[*place as usize] = member as u32;
            *place += 1;
        }
        Self { starts, members }
    }

    /// In the order in which the members were given.
    pub fn of(&self, owner: u32) -> &[u32] {
        let (start, end) = (self.starts[owner as usize], self.starts[owner as usize + 1]);
        &self.members[start as usize..end as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_back_by_owner_in_order() {
        let owners = [2, 0, u32::MAX, 2, 0];
        let index = Index::new(3, owners.into_iter());
        assert_eq!(index.of(0), [1, 4]);
        assert!(index.of(1).is_empty());
        assert_eq!(index.of(2), [0, 3]);
    }
}
