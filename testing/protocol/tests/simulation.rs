//! What each way to cheat earns, measured on the real pallets. docs/economics.md explains the actors and the figures.
//!
//! Every test prints its part of the table. With `ASSAY_SIMULATION_OUT=FOLDER` it also writes it there as CSV; `scripts/simulation.sh`
//! makes the picture of it.

use assay_protocol::{
	actors::Strategy,
	cells::*,
	crowd::{crowd, Moment},
	market,
	statistics::*,
};
use std::{fs, path::PathBuf};

const HEADER: &str =
	"name,f,checkers,jobs,samples,mean,low,high,expected,passed,share,share_low,share_high,exact,formula,\
	false_settled,slashes,worst_honest_loss,honest_gain,value_at_risk";

/// Writes `lines` under `header` to the file `name` of the folder that the environment names, if it does.
fn write(name: &str, header: &str, lines: &[String]) {
	let Some(folder) = std::env::var_os("ASSAY_SIMULATION_OUT") else {
		return;
	};
	fs::create_dir_all(&folder).unwrap();
	let text = format!("{header}\n{}\n", lines.join("\n"));
	fs::write(PathBuf::from(folder).join(format!("{name}.csv")), text).unwrap();
}

/// What a cell should gain on average: of claims that pass, and of claims that do not, as measured, at their chances by the draws.
fn predicted(finding: &Finding) -> (f64, f64) {
	let n = finding.chances.len().max(1) as f64;
	let chance = finding.chances.iter().sum::<f64>() / n;
	let loss = Mean::of(&finding.gain_failed).mean;
	// What passes brings at least what was at risk, and the fee, which is less than an ASY.
	let gain = match finding.gain_passed.is_empty() {
		true => finding.value_at_risk + 1.0,
		false => Mean::of(&finding.gain_passed).mean,
	};
	let loss = if finding.gain_failed.is_empty() { -10.0 } else { loss };
	let mean = chance * gain + (1.0 - chance) * loss;
	let error = (chance * (1.0 - chance) / n).sqrt() * (gain - loss);
	(mean, error)
}

/// Prints cells as a table, writes them, and checks what holds in all of them.
fn report(name: &str, findings: &[Finding]) {
	eprintln!(
		"{:22} {:>5} {:>3} {:>6} {:>6} {:>22} {:>9} {:>6} {:>9} {:>9} {:>9} {:>8} {:>6}",
		"strategy",
		"f",
		"c",
		"jobs",
		"n",
		"gain/ASY (95 %)",
		"expected",
		"passed",
		"share",
		"draws",
		"m",
		"slashes",
		"loss"
	);
	let mut lines = Vec::new();
	for finding in findings {
		let (cell, mean) = (&finding.cell, finding.mean());
		let n = finding.gains.len() as u64;
		let cartel = cell.strategy == Strategy::Cartel;
		let (wanted, _) = expected(&finding.chances);
		let exact = wanted / n.max(1) as f64;
		let share_of = finding.passed as f64 / n.max(1) as f64;
		let (low, high) = share(finding.passed, n);
		let (prediction, error) = if cartel { predicted(finding) } else { (mean.mean, 0.0) };
		eprintln!(
			"{:22} {:5.3} {:3} {:6} {:6} {:9.4} ± {:9.4} {:10.4} {:6} {:9.5} {:9.5} {:9.5} {:8} {:6.3}",
			cell.name,
			finding.share(),
			cell.checkers,
			finding.jobs,
			n,
			mean.mean,
			mean.margin,
			prediction,
			finding.passed,
			share_of,
			exact,
			finding.formula(),
			finding.slashes,
			finding.worst_honest_loss.max(0.0),
		);
		lines.push(format!(
			"{},{},{},{},{n},{},{},{},{prediction},{},{share_of},{low},{high},{exact},{},{},{},{},{},{}",
			cell.name,
			finding.share(),
			cell.checkers,
			finding.jobs,
			mean.mean,
			mean.low(),
			mean.high(),
			finding.passed,
			finding.formula(),
			finding.false_settled,
			finding.slashes,
			finding.worst_honest_loss.max(0.0),
			finding.honest_gain,
			finding.value_at_risk,
		));
		check(finding, prediction, error);
	}
	write(name, HEADER, &lines);
}

fn check(finding: &Finding, prediction: f64, error: f64) {
	let (cell, mean) = (&finding.cell, finding.mean());
	assert!(
		finding.gains.len() >= cell.samples / 2,
		"too few samples to say anything: {cell:?}"
	);
	assert!(
		finding.worst_honest_loss <= 0.0,
		"somebody honest lost {}: {cell:?}",
		finding.worst_honest_loss
	);
	assert_eq!(finding.honest_punished, 0, "somebody honest was punished: {cell:?}");
	assert!(finding.honest_gain > 0.0, "honest work does not pay: {cell:?}");
	if cell.watched {
		assert_eq!(
			finding.false_settled, 0,
			"a false answer was settled under a watcher's eyes: {cell:?}"
		);
	}
	if cell.strategy != Strategy::Cartel {
		assert!(mean.high() < 0.0, "{cell:?} does not lose: {mean:?}");
		return;
	}
	// Draws without replacement are a little less kind to the cartel than the formula, for its executor counts no more.
	let (wanted, spread) = expected(&finding.chances);
	let n = finding.gains.len() as f64;
	assert!(
		wanted <= finding.formula() * n * 1.000_001,
		"the formula understates the chance to pass: {cell:?}"
	);
	if cell.watched {
		assert_eq!(finding.passed, 0);
		assert!(mean.high() < 0.0, "{cell:?} does not lose: {mean:?}");
		return;
	}
	let passed = finding.passed as f64;
	assert!(
		passed <= wanted + 3.0 * spread + 1.0,
		"{passed} claims passed where {wanted} should: {cell:?}"
	);
	assert!(
		passed >= wanted - 3.0 * spread - 1.0,
		"{passed} claims passed where {wanted} should: {cell:?}"
	);
	// By the chances of the draws and the sums the chain moved, cheating loses; where there are samples enough for the rare gains
	// to show, it is seen to.
	assert!(prediction < 0.0, "{cell:?} gains {prediction} on average");
	assert!(
		mean.mean <= prediction + 4.0 * error + 0.02,
		"{cell:?} gains {} where it should {prediction}",
		mean.mean
	);
	if prediction + 4.0 * error < 0.0 {
		assert!(mean.high() < 0.0, "{cell:?} does not lose: {mean:?}");
	}
}

fn cartel(name: &'static str, dishonest: u32, checkers: u8, samples: usize) -> Cell {
	Cell {
		name,
		strategy: Strategy::Cartel,
		dishonest,
		asks: Asks::Stranger,
		checkers,
		watched: false,
		samples,
		jobs: 100_000,
	}
}

#[test]
fn a_cartel_of_a_tenth_loses() {
	let findings: Vec<_> = [(0, 200), (1, 200), (2, 150), (3, 100), (6, 60)]
		.map(|(checkers, samples)| measure(1_000 + u64::from(checkers), cartel("cartel", 9, checkers, samples)))
		.into();
	report("cartel-10", &findings);
}

#[test]
fn a_cartel_of_a_fifth_loses() {
	let findings: Vec<_> = [(0, 400), (1, 400), (2, 300), (3, 200), (6, 100)]
		.map(|(checkers, samples)| measure(2_000 + u64::from(checkers), cartel("cartel", 18, checkers, samples)))
		.into();
	report("cartel-20", &findings);
}

#[test]
fn a_cartel_of_a_third_loses_with_few_checkers() {
	let findings: Vec<_> = [(0, 900), (1, 700), (2, 600)]
		.map(|(checkers, samples)| measure(3_000 + u64::from(checkers), cartel("cartel", 30, checkers, samples)))
		.into();
	report("cartel-33-few", &findings);
}

#[test]
fn a_cartel_of_a_third_loses_with_many_checkers() {
	let findings: Vec<_> = [(3, 400), (4, 250), (6, 150), (8, 100), (12, 80)]
		.map(|(checkers, samples)| measure(3_000 + u64::from(checkers), cartel("cartel", 30, checkers, samples)))
		.into();
	report("cartel-33-many", &findings);
}

#[test]
fn a_cartel_that_asks_itself_loses() {
	let findings: Vec<_> = [(0, 1_500), (1, 1_000), (2, 1_000), (3, 800)]
		.map(|(checkers, samples)| {
			let cell = Cell {
				asks: Asks::Cartel,
				..cartel("cartel asks itself", 30, checkers, samples)
			};
			measure(4_000 + u64::from(checkers), cell)
		})
		.into();
	report("cartel-asks", &findings);
}

#[test]
fn under_one_honest_watcher_nothing_false_is_settled() {
	let findings: Vec<_> = [(0, 300), (1, 200), (2, 200), (3, 100)]
		.map(|(checkers, samples)| {
			let cell = Cell {
				watched: true,
				..cartel("cartel under a watcher", 30, checkers, samples)
			};
			measure(5_000 + u64::from(checkers), cell)
		})
		.into();
	report("watched", &findings);
}

#[test]
fn laziness_and_absence_lose() {
	let strategies = [
		("guesses", Strategy::Guess),
		("repeats stale answers", Strategy::Stale),
		("stays away", Strategy::Absent),
		("does not check", Strategy::AbsentChecker),
	];
	let findings: Vec<_> = strategies
		.into_iter()
		.flat_map(|(name, strategy)| [0, 1, 3].map(|checkers| (name, strategy, checkers)))
		// Nobody is asked to check where there are no checkers, but for an auditor now and then.
		.filter(|(_, strategy, checkers)| (*strategy, *checkers) != (Strategy::AbsentChecker, 0))
		.map(|(name, strategy, checkers)| {
			let samples = if checkers == 0 { 600 } else { 200 };
			let cell = Cell {
				strategy,
				..cartel(name, 9, checkers, samples)
			};
			measure(6_000 + u64::from(checkers), cell)
		})
		.collect();
	report("lazy", &findings);
}

#[test]
fn spite_loses_and_costs_nobody_else() {
	let mut lines = Vec::new();
	for (name, gains) in [
		("challenges right results", grieve_by_challenge(7_000, 200)),
		("opens jobs and cancels", grieve_by_cancelling(7_001, 200)),
	] {
		let mean = Mean::of(&gains);
		eprintln!(
			"{name}: {} times, {:.4} ± {:.4} ASY each",
			gains.len(),
			mean.mean,
			mean.margin
		);
		lines.push(format!(
			"{name},{},{},{},{}",
			gains.len(),
			mean.mean,
			mean.low(),
			mean.high()
		));
		assert!(mean.high() < 0.0, "{name} does not lose: {mean:?}");
	}
	write("spite", "name,samples,mean,low,high", &lines);
}

/// What a draw brings an honest worker.
fn honest_gain(market: &market::Market) -> f64 {
	let honest = market
		.by_strategy
		.iter()
		.find(|(strategy, ..)| *strategy == Strategy::Honest);
	honest.expect("somebody is honest").2
}

/// Prints and writes what a market came to, and checks what holds in any.
fn report_market(name: &str, market: &market::Market) {
	let flows = &market.flows;
	eprintln!(
		"{name}: {} jobs, {} settled, {} refunded, {} disputes, {} audits, {} no-shows, {} false claims of the cartel of which {} settled, {} false answers settled in all",
		market.jobs, market.settled, market.refunded, market.disputes, market.audits, market.no_shows, market.claims, market.passed, market.false_settled
	);
	let mut lines = Vec::new();
	for (strategy, drawn, gain) in &market.by_strategy {
		eprintln!("  {strategy:?}: drawn {drawn} times, {gain:.4} ASY each");
		lines.push(format!("{strategy:?},{drawn},{gain}"));
		match strategy {
			Strategy::Honest => assert!(*gain > 0.0, "honest work does not pay"),
			// It is honest as an executor, and paid for that; what it leaves out costs it.
			Strategy::AbsentChecker => assert!(*gain < honest_gain(market), "to leave checks out pays"),
			_ => assert!(*gain < 0.0, "{strategy:?} pays"),
		}
	}
	eprintln!("  griever: {} times, {:.4} ASY in all", market.griefs, market.griever);
	eprintln!("  {flows:#?}");
	// What spite costs is measured alone: here the griever is a requester too, and gets its part of the bonds of cheats it meets.
	assert!(market.griefs > 0, "nobody was spiteful");
	assert!(
		market.worst_honest_loss <= 0.0,
		"somebody honest lost {}",
		market.worst_honest_loss
	);
	assert_eq!(market.honest_punished, 0, "somebody honest was punished");
	assert_eq!(market.settled + market.refunded, market.jobs, "a job has not ended");
	write(&format!("{name}-strategies"), "strategy,drawn,gain", &lines);
	let fund: Vec<_> = market
		.fund
		.iter()
		.map(|(jobs, fund)| format!("{jobs},{fund}"))
		.collect();
	write(&format!("{name}-fund"), "jobs,fund", &fund);
	let flows = [
		("fees", flows.fees),
		("to workers", flows.workers),
		("to owners", flows.owners),
		("levies to the audit fund", flows.levies),
		("fees burned", flows.fees_burned),
		("audits paid", flows.audits_paid),
		("fines to the audit fund", flows.fines),
		("bonds slashed", flows.slashed),
		("slashes burned", flows.slashes_burned),
		("slashes to the audit fund", flows.slashes_to_fund),
		("slashes to requesters and provers", flows.slashes_to_others),
		("challengers' bonds burned", flows.forfeited_burned),
		("fund at the start", flows.fund_at_start),
		("fund at the end", flows.fund_at_end),
	]
	.map(|(flow, amount)| format!("{flow},{amount}"));
	write(&format!("{name}-flows"), "flow,asy", &flows);
}

#[test]
fn in_a_watched_market_every_cheat_loses_and_nothing_false_is_settled() {
	let market = market::play(8_000, 2_500, true);
	report_market("market-watched", &market);
	assert_eq!(
		market.false_settled, 0,
		"a false answer was settled under a watcher's eyes"
	);
}

#[test]
fn in_an_unwatched_market_every_cheat_loses_too() {
	let market = market::play(9_000, 2_500, false);
	report_market("market", &market);
	let (wanted, spread) = expected(&market.chances);
	eprintln!(
		"  {} of {} false claims settled where {wanted:.1} should",
		market.passed, market.claims
	);
	assert!(
		market.passed as f64 <= wanted + 3.0 * spread + 1.0,
		"more passes than the draws allow"
	);
}

#[test]
fn crowding_honest_workers_out_of_the_draw_does_not_pay() {
	let mut lines = Vec::new();
	let mut paid = Vec::new();
	for moment in [Moment::BeforeTheRequest, Moment::BeforeTheClaim] {
		for checkers in [0, 1, 3, 6] {
			let (gains, passed) = crowd(10_000, moment, checkers, 20);
			let mean = Mean::of(&gains);
			eprintln!(
				"crowding {moment:?}, c = {checkers}: {} times, {passed} false answers settled, {:.4} ± {:.4} ASY each",
				gains.len(),
				mean.mean,
				mean.margin
			);
			lines.push(format!(
				"{moment:?},{checkers},{},{passed},{},{},{}",
				gains.len(),
				mean.mean,
				mean.low(),
				mean.high()
			));
			if mean.mean >= 0.0 {
				paid.push((moment, checkers, mean));
			}
		}
	}
	write("crowding", "moment,checkers,samples,passed,mean,low,high", &lines);
	assert!(paid.is_empty(), "crowding pays: {paid:?}");
}
