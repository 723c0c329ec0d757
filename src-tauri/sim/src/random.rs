//! Randomness that is a function of the seed: the same draw for the same thing, in any order.

/// The finaliser of SplitMix64.
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A stream of draws that belongs to one thing (`index`) in one role (`topic`).
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64, topic: &str, index: u32) -> Self {
        let topic = topic.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(mix(mix(seed ^ topic) ^ u64::from(index)))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// 0 ≤ draw < `bound`; `bound` 0 gives 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }

    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    pub fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_seed_topic_and_index_only() {
        let draw = |seed, topic, index| Dice::new(seed, topic, index).next();
        assert_eq!(draw(1, "name", 7), draw(1, "name", 7));
        assert_ne!(draw(1, "name", 7), draw(2, "name", 7));
        assert_ne!(draw(1, "name", 7), draw(1, "card", 7));
        assert_ne!(draw(1, "name", 7), draw(1, "name", 8));
    }
}
