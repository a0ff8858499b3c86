//! The price of jobs.

use crate::terms::*;
use sp_runtime::Permill;

#[test]
fn the_fee_grows_with_workers_work_and_items() {
	let pricing = Pricing {
		base: 100u128,
		per_giga_mac: 1_000,
		per_block: 5,
		audit_levy: Permill::from_percent(10),
		burn: Permill::from_percent(1),
	};
	let fee = Fee::new(&pricing, 2, 500_000_000, 7, 1, 0);
	assert_eq!(
		(fee.pay, fee.workers, fee.levy, fee.burn, fee.royalty),
		(1_200, 2, 240, 24, 14)
	);
	assert_eq!(fee.total(), 2_678);
	// The executor's further slots are paid for by the block.
	let of_three = fee.with_slots(&pricing, 3, 40);
	assert_eq!((of_three.rent, of_three.total()), (2 * 40 * 5, 2_678 + 400));
	assert_eq!(fee.with_slots(&pricing, 1, 40), fee);
	// Each further block of the window is paid for, however many items were answered.
	assert_eq!(Fee::new(&pricing, 2, 500_000_000, 7, 1, 40).pay, 1_400);
	assert_eq!(
		Fee::new(&pricing, u32::MAX, u64::MAX, u128::MAX, 12, u32::MAX).total(),
		u128::MAX
	);
}

#[test]
fn work_is_rounded_up_to_whole_blocks() {
	let periods = Periods {
		commit: 1,
		reveal: 1,
		vote: 1,
		macs_per_block: 1_000,
		windows: [1, 2, 3],
	};
	assert_eq!(
		(
			periods.work_blocks(1, 0),
			periods.work_blocks(1, 1),
			periods.work_blocks(3, 1_000)
		),
		(0, 1, 3)
	);
	let extra = [Window::Short, Window::Standard, Window::Long].map(|window| periods.extra_window(window));
	assert_eq!(extra, [0, 1, 2]);
	let never = Periods {
		macs_per_block: 0,
		..periods
	};
	assert_eq!(never.work_blocks(u32::MAX, u64::MAX), u32::MAX);
}
