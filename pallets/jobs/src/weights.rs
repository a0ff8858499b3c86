//! Weights of `pallet_jobs`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-26, frame-omni-bencher's CLI 64.0.0, 12 steps, 4 repeats at least, on Intel(R) Xeon(R) Processor. The chain
//! keeps no storage proofs, so proof size is zero.

#![cfg_attr(rustfmt, rustfmt_skip)]

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, RuntimeDbWeight, Weight},
};

/// What the calls, their authorisation and the hooks of this pallet weigh; `benchmarking.rs` says what each stands for.
pub trait WeightInfo {
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Models::Engines` (r:1 w:0)
	/// Proof: `Models::Engines` (`max_values`: None, `max_size`: Some(37), added: 2512, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:3 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::NextJob` (r:1 w:1)
	/// Proof: `Jobs::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::PreviousBeacon` (r:1 w:0)
	/// Proof: `Jobs::PreviousBeacon` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pool` (r:2 w:2)
	/// Proof: `Workers::Pool` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Serving` (r:2 w:2)
	/// Proof: `Workers::Serving` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:0 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Inputs` (r:0 w:1)
	/// Proof: `Jobs::Inputs` (`max_values`: None, `max_size`: Some(16405), added: 18880, mode: `MaxEncodedLen`)
	/// `b`: from 1 to 16384.
	fn request(b: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:63 w:63)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Draws` (r:7 w:1)
	/// Proof: `Jobs::Draws` (`max_values`: None, `max_size`: Some(2318), added: 4793, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 64.
	fn commit(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:64 w:64)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Answers` (r:64 w:64)
	/// Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 64.
	/// `b`: from 0 to 16384.
	fn reveal(n: u32, b: u32, ) -> Weight;
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308), added: 6783, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::CurrentElectorate` (r:1 w:0)
	/// Proof: `Disputes::CurrentElectorate` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::OpenDisputes` (r:1 w:1)
	/// Proof: `Disputes::OpenDisputes` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Electorates` (r:1 w:0)
	/// Proof: `Disputes::Electorates` (`max_values`: None, `max_size`: Some(6414), added: 8889, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:0 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Agenda` (r:0 w:1)
	/// Proof: `Disputes::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	fn open_dispute() -> Weight;
	/// Storage: `Workers::Workers` (r:1 w:0)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:64 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 64.
	/// `b`: from 0 to 16384.
	fn authorize_submit(n: u32, b: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Serving` (r:1 w:1)
	/// Proof: `Workers::Serving` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pool` (r:0 w:1)
	/// Proof: `Workers::Pool` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	fn cancel() -> Weight;
	/// Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
	/// Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::PreviousBeacon` (r:1 w:1)
	/// Proof: `Jobs::PreviousBeacon` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Draws` (r:1 w:0)
	/// Proof: `Jobs::Draws` (`max_values`: None, `max_size`: Some(2318), added: 4793, mode: `MaxEncodedLen`)
	fn beacon() -> Weight;
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Serving` (r:21 w:20)
	/// Proof: `Workers::Serving` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pool` (r:20 w:20)
	/// Proof: `Workers::Pool` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:0 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 13.
	fn draw(n: u32, ) -> Weight;
	/// Storage: `Jobs::NextDue` (r:1 w:1)
	/// Proof: `Jobs::NextDue` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:100 w:0)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 100.
	fn agenda(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:2)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	fn postpone() -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Serving` (r:3 w:3)
	/// Proof: `Workers::Serving` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:1 w:1)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::PreviousBeacon` (r:1 w:0)
	/// Proof: `Jobs::PreviousBeacon` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pool` (r:2 w:2)
	/// Proof: `Workers::Pool` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:2)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	fn replace_executor() -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:12 w:12)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Serving` (r:12 w:12)
	/// Proof: `Workers::Serving` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:12 w:12)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:13 w:13)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:12 w:12)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Draws` (r:8 w:1)
	/// Proof: `Jobs::Draws` (`max_values`: None, `max_size`: Some(2318), added: 4793, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:2)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 14.
	fn replace_checkers(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:12 w:12)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Serving` (r:12 w:12)
	/// Proof: `Workers::Serving` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:12 w:12)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:13 w:13)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:12 w:12)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308), added: 6783, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::CurrentElectorate` (r:1 w:0)
	/// Proof: `Disputes::CurrentElectorate` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::OpenDisputes` (r:1 w:1)
	/// Proof: `Disputes::OpenDisputes` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Electorates` (r:1 w:0)
	/// Proof: `Disputes::Electorates` (`max_values`: None, `max_size`: Some(6414), added: 8889, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:2)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Agenda` (r:0 w:1)
	/// Proof: `Disputes::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 14.
	fn punish_silence(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Answers` (r:1 w:0)
	/// Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:15 w:15)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Serving` (r:13 w:13)
	/// Proof: `Workers::Serving` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:13 w:13)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pool` (r:0 w:13)
	/// Proof: `Workers::Pool` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 14.
	fn settle(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:13 w:13)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Serving` (r:13 w:13)
	/// Proof: `Workers::Serving` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:14 w:14)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:23 w:23)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:13 w:13)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(1355), added: 3830, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Answers` (r:1 w:2)
	/// Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 14.
	fn rule(n: u32, ) -> Weight;
	/// Storage: `Jobs::OldestJob` (r:1 w:1)
	/// Proof: `Jobs::OldestJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::NextJob` (r:1 w:0)
	/// Proof: `Jobs::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Answers` (r:0 w:1)
	/// Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Inputs` (r:0 w:1)
	/// Proof: `Jobs::Inputs` (`max_values`: None, `max_size`: Some(16405), added: 18880, mode: `MaxEncodedLen`)
	fn prune() -> Weight;
	/// Storage: `Jobs::Sweeps` (r:1 w:1)
	/// Proof: `Jobs::Sweeps` (`max_values`: Some(1), `max_size`: Some(641), added: 1136, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::OldestLive` (r:1 w:0)
	/// Proof: `Jobs::OldestLive` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::OldestJob` (r:1 w:0)
	/// Proof: `Jobs::OldestJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:500 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// `n`: from 0 to 500.
	fn sweep(n: u32, ) -> Weight;
	/// Storage: `System::Account` (r:14 w:14)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Serving` (r:13 w:13)
	/// Proof: `Workers::Serving` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pool` (r:0 w:13)
	/// Proof: `Workers::Pool` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Answers` (r:0 w:1)
	/// Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:0 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 14.
	fn void_job(n: u32, ) -> Weight;
	/// Storage: `Jobs::OldestLive` (r:1 w:1)
	/// Proof: `Jobs::OldestLive` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::NextJob` (r:1 w:0)
	/// Proof: `Jobs::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:500 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1332), added: 3807, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 500.
	fn pass_ended(n: u32, ) -> Weight;
}

/// With the database as the runtime prices it.
pub type SubstrateWeight<T> = Measured<<T as frame_system::Config>::DbWeight>;

impl WeightInfo for () {
	fn request(b: u32, ) -> Weight {
		Measured::<ParityDbWeight>::request(b, )
	}
	fn commit(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::commit(n, )
	}
	fn reveal(n: u32, b: u32, ) -> Weight {
		Measured::<ParityDbWeight>::reveal(n, b, )
	}
	fn open_dispute() -> Weight {
		Measured::<ParityDbWeight>::open_dispute()
	}
	fn authorize_submit(n: u32, b: u32, ) -> Weight {
		Measured::<ParityDbWeight>::authorize_submit(n, b, )
	}
	fn cancel() -> Weight {
		Measured::<ParityDbWeight>::cancel()
	}
	fn beacon() -> Weight {
		Measured::<ParityDbWeight>::beacon()
	}
	fn draw(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::draw(n, )
	}
	fn agenda(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::agenda(n, )
	}
	fn postpone() -> Weight {
		Measured::<ParityDbWeight>::postpone()
	}
	fn replace_executor() -> Weight {
		Measured::<ParityDbWeight>::replace_executor()
	}
	fn replace_checkers(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::replace_checkers(n, )
	}
	fn punish_silence(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::punish_silence(n, )
	}
	fn settle(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::settle(n, )
	}
	fn rule(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::rule(n, )
	}
	fn prune() -> Weight {
		Measured::<ParityDbWeight>::prune()
	}
	fn sweep(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::sweep(n, )
	}
	fn void_job(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::void_job(n, )
	}
	fn pass_ended(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::pass_ended(n, )
	}
}

/// With the database as `Db` prices it.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
	// At least 263_806 ns.
	fn request(_b: u32, ) -> Weight {
		Weight::from_parts(346_869_314, 0)
			.saturating_add(Db::get().reads(13))
			.saturating_add(Db::get().writes(10))
	}

	// At least 93_031 ns.
	fn commit(n: u32, ) -> Weight {
		Weight::from_parts(69_886_998, 0)
			// Standard error: 1_241_354
			.saturating_add(Weight::from_parts(69_463_434, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(7))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(1))
			.saturating_add(Db::get().writes((1_u64).saturating_mul(n.into())))
	}

	// At least 214_199 ns.
	fn reveal(n: u32, b: u32, ) -> Weight {
		Weight::from_parts(66_099_626, 0)
			// Standard error: 601_893
			.saturating_add(Weight::from_parts(31_403_050, 0).saturating_mul(n.into()))
			// Standard error: 2_330
			.saturating_add(Weight::from_parts(4_105, 0).saturating_mul(b.into()))
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes((2_u64).saturating_mul(n.into())))
	}

	// At least 71_149 ns.
	fn open_dispute() -> Weight {
		Weight::from_parts(78_909_000, 0)
			.saturating_add(Db::get().reads(5))
			.saturating_add(Db::get().writes(5))
	}

	// At least 212_892 ns.
	fn authorize_submit(n: u32, b: u32, ) -> Weight {
		Weight::from_parts(61_019_442, 0)
			// Standard error: 849_264
			.saturating_add(Weight::from_parts(14_279_592, 0).saturating_mul(n.into()))
			// Standard error: 3_287
			.saturating_add(Weight::from_parts(8_914, 0).saturating_mul(b.into()))
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
	}

	// At least 233_803 ns.
	fn cancel() -> Weight {
		Weight::from_parts(254_127_000, 0)
			.saturating_add(Db::get().reads(6))
			.saturating_add(Db::get().writes(8))
	}

	// At least 13_260 ns.
	fn beacon() -> Weight {
		Weight::from_parts(14_816_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(1))
	}

	// At least 119_357 ns.
	fn draw(n: u32, ) -> Weight {
		Weight::from_parts(61_132_678, 0)
			// Standard error: 5_592_042
			.saturating_add(Weight::from_parts(58_322_675, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().reads((3_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(4))
			.saturating_add(Db::get().writes((3_u64).saturating_mul(n.into())))
	}

	// At least 10_190 ns.
	fn agenda(n: u32, ) -> Weight {
		Weight::from_parts(8_505_397, 0)
			// Standard error: 5_117
			.saturating_add(Weight::from_parts(4_091_005, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(1))
	}

	// At least 32_937 ns.
	fn postpone() -> Weight {
		Weight::from_parts(37_625_000, 0)
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().writes(3))
	}

	// At least 240_557 ns.
	fn replace_executor() -> Weight {
		Weight::from_parts(265_081_000, 0)
			.saturating_add(Db::get().reads(14))
			.saturating_add(Db::get().writes(15))
	}

	// At least 118_503 ns.
	fn replace_checkers(n: u32, ) -> Weight {
		Weight::from_parts(106_033_653, 0)
			// Standard error: 4_303_211
			.saturating_add(Weight::from_parts(108_676_906, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(6))
			.saturating_add(Db::get().reads((5_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(1))
			.saturating_add(Db::get().writes((5_u64).saturating_mul(n.into())))
	}

	// At least 94_780 ns.
	fn punish_silence(n: u32, ) -> Weight {
		Weight::from_parts(96_574_000, 0)
			// Standard error: 2_621_184
			.saturating_add(Weight::from_parts(180_780_520, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().reads((5_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(3))
			.saturating_add(Db::get().writes((5_u64).saturating_mul(n.into())))
	}

	// At least 410_203 ns.
	fn settle(n: u32, ) -> Weight {
		Weight::from_parts(397_356_355, 0)
			// Standard error: 4_912_889
			.saturating_add(Weight::from_parts(81_015_359, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(8))
			.saturating_add(Db::get().reads((3_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(7))
			.saturating_add(Db::get().writes((4_u64).saturating_mul(n.into())))
	}

	// At least 1_047_601 ns.
	fn rule(n: u32, ) -> Weight {
		Weight::from_parts(404_406_980, 0)
			// Standard error: 7_443_321
			.saturating_add(Weight::from_parts(636_201_967, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(16))
			.saturating_add(Db::get().reads((5_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(17))
			.saturating_add(Db::get().writes((5_u64).saturating_mul(n.into())))
	}

	// At least 33_858 ns.
	fn prune() -> Weight {
		Weight::from_parts(39_651_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(4))
	}

	// At least 10_810 ns.
	fn sweep(n: u32, ) -> Weight {
		Weight::from_parts(11_109_000, 0)
			// Standard error: 356_341
			.saturating_add(Weight::from_parts(9_409_264, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(1))
	}

	// At least 325_366 ns.
	fn void_job(n: u32, ) -> Weight {
		Weight::from_parts(242_143_016, 0)
			// Standard error: 9_210_296
			.saturating_add(Weight::from_parts(90_242_741, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(7))
			.saturating_add(Db::get().writes((3_u64).saturating_mul(n.into())))
	}

	// At least 25_535 ns.
	fn pass_ended(n: u32, ) -> Weight {
		Weight::from_parts(322_408_648, 0)
			// Standard error: 360_181
			.saturating_add(Weight::from_parts(7_472_163, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(1))
	}

}
