//! The tracks, and their table in the documentation.

use super::genesis::state;
use crate::governance::tracks::{TrackId, ROOT, TRACKS};
use crate::{genesis_presets::*, *};
use frame_support::traits::Get;
use pallet_referenda::{Track, TracksInfo};
use sp_runtime::{BuildStorage, Perbill};

type Tracks = <Runtime as pallet_referenda::Config>::Tracks;
type TrackOf = Track<TrackId, Balance, BlockNumber>;

/// Returns the state of a chain whose genesis does not configure governance.
fn live() -> sp_io::TestExternalities {
	sp_io::TestExternalities::new(RuntimeGenesisConfig::default().build_storage().unwrap())
}

fn tracks() -> Vec<TrackOf> {
	Tracks::tracks().map(|track| track.into_owned()).collect()
}

#[test]
fn periods_have_full_length_unless_genesis_sets_a_tempo() {
	live().execute_with(|| {
		assert_eq!(tracks(), TRACKS);
		assert_eq!(
			<Runtime as pallet_conviction_voting::Config>::VoteLockingPeriod::get(),
			7 * DAYS
		);
		Origins::do_try_state().unwrap();
	});
}

#[test]
fn the_local_presets_vote_within_minutes_at_the_same_thresholds() {
	for preset in preset_names() {
		state(preset.as_ref()).execute_with(|| {
			for (short, long) in tracks().iter().zip(&TRACKS) {
				assert_eq!(short.id, long.id);
				assert_eq!(short.info.min_approval, long.info.min_approval);
				assert_eq!(short.info.decision_deposit, long.info.decision_deposit);
				assert!(short.info.decision_period >= MINUTES / 2, "{short:?}");
				assert!(short.info.decision_period < 10 * MINUTES, "{short:?}");
			}
			assert_eq!(
				<Runtime as pallet_conviction_voting::Config>::VoteLockingPeriod::get(),
				7 * 6
			);
			Origins::do_try_state().unwrap();
		});
	}
}

#[test]
fn no_threshold_rises_and_none_ends_at_zero() {
	for Track { info, .. } in &TRACKS {
		for curve in [&info.min_approval, &info.min_support] {
			let steps: Vec<_> = (0..=100)
				.map(|percent| curve.threshold(Perbill::from_percent(percent)))
				.collect();
			assert!(steps.is_sorted_by(|a, b| a >= b), "{curve:?}");
			assert!(steps[100] >= Perbill::from_parts(9_900_000), "{curve:?}");
		}
		assert!(info.min_approval.threshold(Perbill::one()) >= Perbill::from_parts(499_000_000));
	}
}

#[test]
fn winning_votes_stay_locked_until_after_the_enactment() {
	let check = || {
		let bound = <Runtime as pallet_conviction_voting::Config>::VoteLockingPeriod::get();
		for track in tracks() {
			assert!(track.info.min_enactment_period <= bound, "{track:?}");
		}
	};
	live().execute_with(check);
	for preset in preset_names() {
		state(preset.as_ref()).execute_with(check);
	}
}

#[test]
fn each_origin_has_its_own_track() {
	let origins = crate::governance::origins::Origin::ALL;
	let mut ids: Vec<_> = origins.iter().map(|origin| origin.track()).chain([ROOT]).collect();
	ids.sort();
	assert_eq!(ids, TRACKS.iter().map(|track| track.id).collect::<Vec<_>>());
}

/// Formats a number of blocks as a time.
fn time(blocks: BlockNumber) -> String {
	let plural = |n: BlockNumber, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
	match blocks {
		b if b % DAYS == 0 => plural(b / DAYS, "day"),
		b if b % HOURS == 0 => plural(b / HOURS, "hour"),
		b if b % MINUTES == 0 => plural(b / MINUTES, "minute"),
		b => plural(b, "block"),
	}
}

/// Formats the values of a curve at its beginning, middle and end.
fn curve(curve: &pallet_referenda::Curve) -> String {
	let at = |percent| {
		let parts = curve.threshold(Perbill::from_percent(percent)).deconstruct();
		// To a tenth of a percent.
		let tenths = (parts + 500_000) / 1_000_000;
		match tenths % 10 {
			0 => format!("{} %", tenths / 10),
			tenth => format!("{}.{tenth} %", tenths / 10),
		}
	};
	format!("{}, {}, {}", at(0), at(50), at(100))
}

fn name(track: &TrackOf) -> String {
	let name = track.info.name;
	String::from_utf8_lossy(&name).trim_end_matches('\0').to_owned()
}

/// Returns what `docs/governance.md` must contain between its marks.
fn rendered() -> String {
	let rows = |head: &str, row: &dyn Fn(&TrackOf) -> Vec<String>, tracks: &[TrackOf]| {
		let columns = head.matches('|').count() - 1;
		let mut table = format!("{head}\n|{}\n", "---|".repeat(columns));
		for track in tracks {
			table += &format!("| {} |\n", row(track).join(" | "));
		}
		table
	};
	let bars = |track: &TrackOf| {
		let info = &track.info;
		vec![
			format!("{} ({})", name(track), track.id),
			format!("{} ASY", info.decision_deposit / ASY),
			info.max_deciding.to_string(),
			curve(&info.min_approval),
			curve(&info.min_support),
		]
	};
	let periods = |track: &TrackOf| {
		let info = &track.info;
		vec![
			name(track),
			time(info.prepare_period),
			time(info.decision_period),
			time(info.confirm_period),
			time(info.min_enactment_period),
		]
	};
	let others = || {
		format!(
			"\nVotes with conviction 1 bind for {}; a proposal whose decision has not begun after {} is void; a spend \
			 is to be claimed within {}.\n",
			time(<Runtime as pallet_conviction_voting::Config>::VoteLockingPeriod::get()),
			time(<Runtime as pallet_referenda::Config>::UndecidingTimeout::get()),
			time(<Runtime as pallet_treasury::Config>::PayoutPeriod::get()),
		)
	};
	let head = "| track | prepare | decide | confirm | enact after |";
	let live = live().execute_with(|| rows(head, &periods, &tracks()) + &others());
	let local = state(LOCAL_RUNTIME_PRESET).execute_with(|| rows(head, &periods, &tracks()) + &others());
	let thresholds = rows(
		"| track (id) | decision deposit | decided at a time | approval: first, halfway, last | \
		 support: first, halfway, last |",
		&bars,
		&TRACKS,
	);
	format!("{thresholds}\nOn a live network:\n\n{live}\nOn the presets `dev` and `local`:\n\n{local}")
}

#[test]
fn the_documentation_shows_the_tracks() {
	const BEGIN: &str = "<!-- begin of what the runtime's tests write -->\n\n";
	const END: &str = "\n<!-- end of what the runtime's tests write -->";
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/governance.md");
	let text = std::fs::read_to_string(path).unwrap();
	let (before, rest) = text.split_once(BEGIN).expect("docs/governance.md has its marks");
	let (written, after) = rest.split_once(END).expect("docs/governance.md has its marks");
	let rendered = rendered();
	if std::env::var_os("ASSAY_WRITE_DOCS").is_some() {
		std::fs::write(path, format!("{before}{BEGIN}{rendered}{END}{after}")).unwrap();
		return;
	}
	assert_eq!(
		written, rendered,
		"docs/governance.md differs from the runtime's tracks: run this test once with ASSAY_WRITE_DOCS=1 to rewrite it"
	);
}
