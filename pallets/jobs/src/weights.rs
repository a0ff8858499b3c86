//! Weights of `pallet_jobs`, measured by `scripts/weights.sh`: do not edit.
//!
//! 2026-11-26, frame-omni-bencher's CLI 64.0.0, 12 steps, at least 4 repeats, on Intel(R) Xeon(R) Processor. The chain
//! keeps no storage proofs, so proof size is zero.

#![cfg_attr(rustfmt, rustfmt_skip)]

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, RuntimeDbWeight, Weight},
};

/// The weights of the calls, their authorisation and the hooks of this pallet. `benchmarking.rs` says what each
/// measures.
pub trait WeightInfo {
	/// Storage: `Models::Families` (r:1 w:0)
	/// Proof: `Models::Families` (`max_values`: None, `max_size`: Some(242), added: 2717, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:1 w:0)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(187), added: 2662, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
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
	/// Storage: `Workers::FreeSlots` (r:2 w:2)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:2 w:2)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:0 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Inputs` (r:0 w:1)
	/// Proof: `Jobs::Inputs` (`max_values`: None, `max_size`: Some(16405), added: 18880, mode: `MaxEncodedLen`)
	/// Storage: `Models::Manifests` (r:1 w:0)
	/// Proof: `Models::Manifests` (`max_values`: None, `max_size`: Some(19012), added: 21487, mode: `MaxEncodedLen`)
	/// `b`: from 256 to 16384.
	/// `n`: from 1 to 16.
	fn request(b: u32, n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:63 w:63)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Draws` (r:7 w:1)
	/// Proof: `Jobs::Draws` (`max_values`: None, `max_size`: Some(2318), added: 4793, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 64.
	fn commit(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:64 w:64)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Answers` (r:64 w:64)
	/// Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 64.
	/// `b`: from 0 to 16384.
	fn reveal(n: u32, b: u32, ) -> Weight;
	/// Storage: `Disputes::Disputes` (r:1 w:1) Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308),
	/// added: 6783, mode: `MaxEncodedLen`) Storage: `Disputes::CurrentElectorate` (r:1 w:0) Proof:
	/// `Disputes::CurrentElectorate` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::OpenDisputes` (r:1 w:1) Proof: `Disputes::OpenDisputes` (`max_values`: None, `max_size`:
	/// Some(16), added: 2491, mode: `MaxEncodedLen`) Storage: `Disputes::Electorates` (r:1 w:0) Proof:
	/// `Disputes::Electorates` (`max_values`: None, `max_size`: Some(6414), added: 8889, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1) Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added:
	/// 639, mode: `MaxEncodedLen`) Storage: `Jobs::Jobs` (r:0 w:1) Proof: `Jobs::Jobs` (`max_values`: None, `max_size`:
	/// Some(1429), added: 3904, mode: `MaxEncodedLen`) Storage: `Disputes::Agenda` (r:0 w:1) Proof: `Disputes::Agenda`
	/// (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	fn open_dispute() -> Weight;
	/// Storage: `Workers::Workers` (r:1 w:0)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:64 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 64.
	/// `b`: from 0 to 16384.
	fn authorize_submit(n: u32, b: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:1 w:1)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::FreeSlots` (r:0 w:1)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	fn cancel() -> Weight;
	/// Storage: `Babe::AuthorVrfRandomness` (r:1 w:0) Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1),
	/// `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`) Storage: `Jobs::PreviousBeacon` (r:1 w:1) Proof:
	/// `Jobs::PreviousBeacon` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`) Storage:
	/// `Jobs::Draws` (r:1 w:0) Proof: `Jobs::Draws` (`max_values`: None, `max_size`: Some(2318), added: 4793, mode:
	/// `MaxEncodedLen`)
	fn beacon() -> Weight;
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:21 w:20)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::FreeSlots` (r:20 w:20)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:0 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 13.
	fn draw(n: u32, ) -> Weight;
	/// Storage: `Jobs::NextDue` (r:1 w:1)
	/// Proof: `Jobs::NextDue` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:100 w:0)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 100.
	fn service_agendas(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:2)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	fn postpone() -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:3 w:3)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:1 w:1)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::PreviousBeacon` (r:1 w:0)
	/// Proof: `Jobs::PreviousBeacon` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Workers::FreeSlots` (r:2 w:2)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:2)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	fn replace_executor() -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:12 w:12)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:12 w:12)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:12 w:12)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:13 w:13)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:12 w:12)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Draws` (r:8 w:1)
	/// Proof: `Jobs::Draws` (`max_values`: None, `max_size`: Some(2318), added: 4793, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:2)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 14.
	fn replace_checkers(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1) Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904,
	/// mode: `MaxEncodedLen`) Storage: `Workers::Workers` (r:12 w:12) Proof: `Workers::Workers` (`max_values`: None,
	/// `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`) Storage: `Workers::WorkerSlots` (r:12 w:12) Proof:
	/// `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`) Storage:
	/// `Balances::Holds` (r:12 w:12) Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650,
	/// mode: `MaxEncodedLen`) Storage: `System::Account` (r:13 w:13) Proof: `System::Account` (`max_values`: None,
	/// `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`) Storage: `Workers::Pools` (r:1 w:1) Proof:
	/// `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`) Storage:
	/// `Workers::Records` (r:12 w:12) Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571,
	/// mode: `MaxEncodedLen`) Storage: `Jobs::Totals` (r:1 w:1) Proof: `Jobs::Totals` (`max_values`: Some(1),
	/// `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`) Storage: `Disputes::Disputes` (r:1 w:1) Proof:
	/// `Disputes::Disputes` (`max_values`: None, `max_size`: Some(4308), added: 6783, mode: `MaxEncodedLen`) Storage:
	/// `Disputes::CurrentElectorate` (r:1 w:0) Proof: `Disputes::CurrentElectorate` (`max_values`: Some(1), `max_size`:
	/// Some(4), added: 499, mode: `MaxEncodedLen`) Storage: `Disputes::OpenDisputes` (r:1 w:1) Proof:
	/// `Disputes::OpenDisputes` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`) Storage:
	/// `Disputes::Electorates` (r:1 w:0) Proof: `Disputes::Electorates` (`max_values`: None, `max_size`: Some(6414),
	/// added: 8889, mode: `MaxEncodedLen`) Storage: `Jobs::Agenda` (r:0 w:2) Proof: `Jobs::Agenda` (`max_values`: None,
	/// `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`) Storage: `Disputes::Agenda` (r:0 w:1) Proof:
	/// `Disputes::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`) `n`: from 1 to
	/// 14.
	fn punish_silence(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Answers` (r:1 w:0)
	/// Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:15 w:15)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:13 w:13)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:13 w:13)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`)
	/// Storage: `Workers::FreeSlots` (r:0 w:13)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 14.
	fn settle(n: u32, ) -> Weight;
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:13 w:13)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:13 w:13)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:14 w:14)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:23 w:23)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Records` (r:13 w:13)
	/// Proof: `Workers::Records` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(806), added: 3281, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Answers` (r:1 w:2)
	/// Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 14.
	fn apply_ruling(n: u32, ) -> Weight;
	/// Storage: `Jobs::OldestJob` (r:1 w:1)
	/// Proof: `Jobs::OldestJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::NextJob` (r:1 w:0)
	/// Proof: `Jobs::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
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
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// `n`: from 0 to 500.
	fn sweep(n: u32, ) -> Weight;
	/// Storage: `System::Account` (r:14 w:14)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Totals` (r:1 w:1)
	/// Proof: `Jobs::Totals` (`max_values`: Some(1), `max_size`: Some(144), added: 639, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Workers::WorkerSlots` (r:13 w:13)
	/// Proof: `Workers::WorkerSlots` (`max_values`: None, `max_size`: Some(3160), added: 5635, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Pools` (r:1 w:1)
	/// Proof: `Workers::Pools` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `Workers::FreeSlots` (r:0 w:13)
	/// Proof: `Workers::FreeSlots` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Agenda` (r:0 w:1)
	/// Proof: `Jobs::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Answers` (r:0 w:1)
	/// Proof: `Jobs::Answers` (`max_values`: None, `max_size`: Some(16470), added: 18945, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:0 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 14.
	fn void_job(n: u32, ) -> Weight;
	/// Storage: `Jobs::OldestLive` (r:1 w:1)
	/// Proof: `Jobs::OldestLive` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::NextJob` (r:1 w:0)
	/// Proof: `Jobs::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:500 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(1429), added: 3904, mode: `MaxEncodedLen`)
	/// `n`: from 1 to 500.
	fn skip_ended_jobs(n: u32, ) -> Weight;
}

/// The weights with the database as the runtime prices it.
pub type SubstrateWeight<T> = Measured<<T as frame_system::Config>::DbWeight>;

impl WeightInfo for () {
	fn request(b: u32, n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::request(b, n, )
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
	fn service_agendas(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::service_agendas(n, )
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
	fn apply_ruling(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::apply_ruling(n, )
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
	fn skip_ended_jobs(n: u32, ) -> Weight {
		Measured::<ParityDbWeight>::skip_ended_jobs(n, )
	}
}

/// The weights with the database as `Db` prices it.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
	// At least 260_483 ns.
	fn request(b: u32, n: u32, ) -> Weight {
		Weight::from_parts(465_977_119, 0)
			// Standard error: 12_211
			.saturating_add(Weight::from_parts(36_622, 0).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(35_000_000, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(18))
			.saturating_add(Db::get().reads((3_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(12))
			.saturating_add(Db::get().writes((3_u64).saturating_mul(n.into())))
	}

	// At least 95_205 ns.
	fn commit(n: u32, ) -> Weight {
		Weight::from_parts(103_213_000, 0)
			// Standard error: 2_119_691
			.saturating_add(Weight::from_parts(75_758_999, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(7))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(4))
			.saturating_add(Db::get().writes((1_u64).saturating_mul(n.into())))
	}

	// At least 220_721 ns.
	fn reveal(n: u32, b: u32, ) -> Weight {
		Weight::from_parts(132_589_799, 0)
			// Standard error: 1_999_964
			.saturating_add(Weight::from_parts(27_957_697, 0).saturating_mul(n.into()))
			// Standard error: 7_742
			.saturating_add(Weight::from_parts(20_208, 0).saturating_mul(b.into()))
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes((2_u64).saturating_mul(n.into())))
	}

	// At least 72_769 ns.
	fn open_dispute() -> Weight {
		Weight::from_parts(84_920_000, 0)
			.saturating_add(Db::get().reads(5))
			.saturating_add(Db::get().writes(5))
	}

	// At least 190_695 ns.
	fn authorize_submit(n: u32, b: u32, ) -> Weight {
		Weight::from_parts(123_739_757, 0)
			// Standard error: 252_864
			.saturating_add(Weight::from_parts(12_640_901, 0).saturating_mul(n.into()))
			// Standard error: 978
			.saturating_add(Weight::from_parts(5_375, 0).saturating_mul(b.into()))
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().reads((2_u64).saturating_mul(n.into())))
	}

	// At least 225_402 ns.
	fn cancel() -> Weight {
		Weight::from_parts(300_000_000, 0)
			.saturating_add(Db::get().reads(10))
			.saturating_add(Db::get().writes(26))
	}

	// At least 12_384 ns.
	fn beacon() -> Weight {
		Weight::from_parts(13_995_000, 0)
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().writes(1))
	}

	// At least 118_929 ns.
	fn draw(n: u32, ) -> Weight {
		Weight::from_parts(119_464_000, 0)
			// Standard error: 3_192_183
			.saturating_add(Weight::from_parts(67_051_300, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(7))
			.saturating_add(Db::get().reads((4_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(7))
			.saturating_add(Db::get().writes((3_u64).saturating_mul(n.into())))
	}

	// At least 10_564 ns.
	fn service_agendas(n: u32, ) -> Weight {
		Weight::from_parts(9_054_493, 0)
			// Standard error: 4_105
			.saturating_add(Weight::from_parts(3_982_292, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(1))
	}

	// At least 35_713 ns.
	fn postpone() -> Weight {
		Weight::from_parts(64_027_000, 0)
			.saturating_add(Db::get().reads(1))
			.saturating_add(Db::get().writes(3))
	}

	// At least 271_581 ns.
	fn replace_executor() -> Weight {
		Weight::from_parts(900_000_000, 0)
			.saturating_add(Db::get().reads(69))
			.saturating_add(Db::get().writes(84))
	}

	// At least 115_953 ns.
	fn replace_checkers(n: u32, ) -> Weight {
		Weight::from_parts(111_615_846, 0)
			// Standard error: 1_704_999
			.saturating_add(Weight::from_parts(97_926_950, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(6))
			.saturating_add(Db::get().reads((9_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(1))
			.saturating_add(Db::get().writes((9_u64).saturating_mul(n.into())))
	}

	// At least 89_381 ns.
	fn punish_silence(n: u32, ) -> Weight {
		Weight::from_parts(31_149_397, 0)
			// Standard error: 18_432_541
			.saturating_add(Weight::from_parts(212_671_824, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().reads((9_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(3))
			.saturating_add(Db::get().writes((9_u64).saturating_mul(n.into())))
	}

	// At least 384_420 ns.
	fn settle(n: u32, ) -> Weight {
		Weight::from_parts(400_000_000, 0)
			// Standard error: 1_674_162
			.saturating_add(Weight::from_parts(82_487_771, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(8))
			.saturating_add(Db::get().reads((6_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(24))
			.saturating_add(Db::get().writes((6_u64).saturating_mul(n.into())))
	}

	// At least 1_040_913 ns.
	fn apply_ruling(n: u32, ) -> Weight {
		Weight::from_parts(159_073_810, 0)
			// Standard error: 68_700_839
			.saturating_add(Weight::from_parts(750_405_032, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(16))
			.saturating_add(Db::get().reads((10_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(19))
			.saturating_add(Db::get().writes((10_u64).saturating_mul(n.into())))
	}

	// At least 31_079 ns.
	fn prune() -> Weight {
		Weight::from_parts(34_415_000, 0)
			.saturating_add(Db::get().reads(4))
			.saturating_add(Db::get().writes(5))
	}

	// At least 10_182 ns.
	fn sweep(n: u32, ) -> Weight {
		Weight::from_parts(105_556_380, 0)
			// Standard error: 276_852
			.saturating_add(Weight::from_parts(7_962_623, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(3))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(1))
	}

	// At least 208_577 ns.
	fn void_job(n: u32, ) -> Weight {
		Weight::from_parts(200_000_000, 0)
			// Standard error: 926_179
			.saturating_add(Weight::from_parts(80_399_535, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(6))
			.saturating_add(Db::get().reads((6_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(23))
			.saturating_add(Db::get().writes((5_u64).saturating_mul(n.into())))
	}

	// At least 25_682 ns.
	fn skip_ended_jobs(n: u32, ) -> Weight {
		Weight::from_parts(30_164_000, 0)
			// Standard error: 142_080
			.saturating_add(Weight::from_parts(8_225_853, 0).saturating_mul(n.into()))
			.saturating_add(Db::get().reads(2))
			.saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Db::get().writes(1))
	}

}
