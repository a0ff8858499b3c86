//! Periods of governance, in blocks of this chain.

use super::tempo;
use crate::BlockNumber;
use frame_support::traits::Get;

/// Returns how many blocks of this chain stand for `period` blocks of a live network: at least one.
pub fn scale_period(period: BlockNumber) -> BlockNumber {
	period.div_ceil(tempo::current().max(1)).max(1)
}

/// `PERIOD` blocks of a live network, in the tempo of this chain.
pub struct ScaledPeriod<const PERIOD: BlockNumber>;

impl<const PERIOD: BlockNumber> Get<BlockNumber> for ScaledPeriod<PERIOD> {
	fn get() -> BlockNumber {
		scale_period(PERIOD)
	}
}
