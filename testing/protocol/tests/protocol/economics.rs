//! Measures what each way to cheat earns, on the real pallets. docs/economics.md explains the actors and the figures.
//!
//! Every test prints its part of the table. With `ASSAY_SIMULATION_OUT=FOLDER` it also writes it there as CSV, which
//! `scripts/simulation.sh` draws.

use assay_protocol::{
	crowding::{measure_crowding, Moment},
	experiment::*,
	market,
	simulation::Strategy,
	statistics::*,
};
use std::{fs, path::PathBuf};

const HEADER: &str =
	"name,f,checkers,jobs,samples,mean,low,high,expected,passed,share,share_low,share_high,exact,formula,\
	false_settled,slashes,worst_honest_loss,honest_gain,value_at_risk";

/// Writes `header` and `lines` to `name`.csv in the folder that the environment names, if it names one.
fn write(name: &str, header: &str, lines: &[String]) {
	let Some(folder) = std::env::var_os("ASSAY_SIMULATION_OUT") else {
		return;
	};
	fs::create_dir_all(&folder).unwrap();
	let text = format!("{header}\n{}\n", lines.join("\n"));
	fs::write(PathBuf::from(folder).join(format!("{name}.csv")), text).unwrap();
}

/// Returns the expected gain of a cell and its standard error: the measured gains of claims that pass and of claims
/// that fail, weighted by the evasion probabilities of the draws.
fn predicted(measurement: &Measurement) -> (f64, f64) {
	let n = measurement.chances.len().max(1) as f64;
	let chance = measurement.chances.iter().sum::<f64>() / n;
	let loss = Mean::of(&measurement.gains_of_failed).mean;
	// A claim that passes gains at least the value at risk and the fee, which is less than one ASY.
	let gain = match measurement.gains_of_passed.is_empty() {
		true => measurement.value_at_risk + 1.0,
		false => Mean::of(&measurement.gains_of_passed).mean,
	};
	let loss = if measurement.gains_of_failed.is_empty() {
		-10.0
	} else {
		loss
	};
	let mean = chance * gain + (1.0 - chance) * loss;
	let error = (chance * (1.0 - chance) / n).sqrt() * (gain - loss);
	(mean, error)
}

/// Prints cells as a table, writes them, and checks what must hold in all of them.
fn report(name: &str, measurements: &[Measurement]) {
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
	for measurement in measurements {
		let (cell, mean) = (&measurement.cell, measurement.mean());
		let n = measurement.gains.len() as u64;
		let cartel = cell.strategy == Strategy::Cartel;
		let (wanted, _) = expected_count(&measurement.chances);
		let exact = wanted / n.max(1) as f64;
		let share_of = measurement.passed as f64 / n.max(1) as f64;
		let (low, high) = wilson_interval(measurement.passed, n);
		let (prediction, error) = if cartel {
			predicted(measurement)
		} else {
			(mean.mean, 0.0)
		};
		eprintln!(
			"{:22} {:5.3} {:3} {:6} {:6} {:9.4} ± {:9.4} {:10.4} {:6} {:9.5} {:9.5} {:9.5} {:8} {:6.3}",
			cell.name,
			measurement.share(),
			cell.checkers,
			measurement.jobs,
			n,
			mean.mean,
			mean.half_width,
			prediction,
			measurement.passed,
			share_of,
			exact,
			measurement.formula(),
			measurement.slashes,
			measurement.worst_honest_loss.max(0.0),
		);
		lines.push(format!(
			"{},{},{},{},{n},{},{},{},{prediction},{},{share_of},{low},{high},{exact},{},{},{},{},{},{}",
			cell.name,
			measurement.share(),
			cell.checkers,
			measurement.jobs,
			mean.mean,
			mean.low(),
			mean.high(),
			measurement.passed,
			measurement.formula(),
			measurement.false_settled,
			measurement.slashes,
			measurement.worst_honest_loss.max(0.0),
			measurement.honest_gain,
			measurement.value_at_risk,
		));
		check(measurement, prediction, error);
	}
	write(name, HEADER, &lines);
}

fn check(measurement: &Measurement, prediction: f64, error: f64) {
	let (cell, mean) = (&measurement.cell, measurement.mean());
	assert!(measurement.gains.len() >= cell.samples / 2, "too few samples: {cell:?}");
	assert!(
		measurement.worst_honest_loss <= 0.0,
		"an honest account lost {}: {cell:?}",
		measurement.worst_honest_loss
	);
	assert_eq!(
		measurement.honest_punished, 0,
		"an honest account was punished: {cell:?}"
	);
	assert!(measurement.honest_gain > 0.0, "honest work does not pay: {cell:?}");
	if cell.watched {
		assert_eq!(
			measurement.false_settled, 0,
			"a false answer was settled in spite of a watcher: {cell:?}"
		);
	}
	if cell.strategy != Strategy::Cartel {
		assert!(mean.high() < 0.0, "{cell:?} does not lose: {mean:?}");
		return;
	}
	// Draws without replacement favour the cartel a little less than the formula, because its executor no longer
	// counts.
	let (wanted, spread) = expected_count(&measurement.chances);
	let n = measurement.gains.len() as f64;
	assert!(
		wanted <= measurement.formula() * n * 1.000_001,
		"the formula understates the evasion probability: {cell:?}"
	);
	if cell.watched {
		assert_eq!(measurement.passed, 0);
		assert!(mean.high() < 0.0, "{cell:?} does not lose: {mean:?}");
		return;
	}
	let passed = measurement.passed as f64;
	assert!(
		passed <= wanted + 3.0 * spread + 1.0,
		"{passed} claims passed, expected {wanted}: {cell:?}"
	);
	assert!(
		passed >= wanted - 3.0 * spread - 1.0,
		"{passed} claims passed, expected {wanted}: {cell:?}"
	);
	// Cheating loses by the probabilities of the draws and the sums that the chain moved. Where there are enough
	// samples for the rare gains to show, the measured mean confirms it.
	assert!(prediction < 0.0, "{cell:?} gains {prediction} on average");
	assert!(
		mean.mean <= prediction + 4.0 * error + 0.02,
		"{cell:?} gains {}, expected {prediction}",
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
		requester: Requester::Stranger,
		checkers,
		watched: false,
		samples,
		jobs: 100_000,
	}
}

#[test]
fn a_cartel_of_a_tenth_loses() {
	let measurements: Vec<_> = [(0, 200), (1, 200), (2, 150), (3, 100), (6, 60)]
		.map(|(checkers, samples)| measure(1_000 + u64::from(checkers), cartel("cartel", 9, checkers, samples)))
		.into();
	report("cartel-10", &measurements);
}

#[test]
fn a_cartel_of_a_fifth_loses() {
	let measurements: Vec<_> = [(0, 400), (1, 400), (2, 300), (3, 200), (6, 100)]
		.map(|(checkers, samples)| measure(2_000 + u64::from(checkers), cartel("cartel", 18, checkers, samples)))
		.into();
	report("cartel-20", &measurements);
}

#[test]
fn a_cartel_of_a_third_loses_with_few_checkers() {
	let measurements: Vec<_> = [(0, 900), (1, 700), (2, 600)]
		.map(|(checkers, samples)| measure(3_000 + u64::from(checkers), cartel("cartel", 30, checkers, samples)))
		.into();
	report("cartel-33-few", &measurements);
}

#[test]
fn a_cartel_of_a_third_loses_with_many_checkers() {
	let measurements: Vec<_> = [(3, 400), (4, 250), (6, 150), (8, 100), (12, 80)]
		.map(|(checkers, samples)| measure(3_000 + u64::from(checkers), cartel("cartel", 30, checkers, samples)))
		.into();
	report("cartel-33-many", &measurements);
}

#[test]
fn a_cartel_that_requests_its_own_jobs_loses() {
	let measurements: Vec<_> = [(0, 1_500), (1, 1_000), (2, 1_000), (3, 800)]
		.map(|(checkers, samples)| {
			let cell = Cell {
				requester: Requester::Cartel,
				..cartel("cartel asks itself", 30, checkers, samples)
			};
			measure(4_000 + u64::from(checkers), cell)
		})
		.into();
	report("cartel-asks", &measurements);
}

#[test]
fn with_one_honest_watcher_no_false_answer_is_settled() {
	let measurements: Vec<_> = [(0, 300), (1, 200), (2, 200), (3, 100)]
		.map(|(checkers, samples)| {
			let cell = Cell {
				watched: true,
				..cartel("cartel under a watcher", 30, checkers, samples)
			};
			measure(5_000 + u64::from(checkers), cell)
		})
		.into();
	report("watched", &measurements);
}

#[test]
fn laziness_and_absence_lose() {
	let strategies = [
		("guesses", Strategy::Guess),
		("repeats stale answers", Strategy::Stale),
		("stays away", Strategy::Absent),
		("does not check", Strategy::AbsentChecker),
	];
	let measurements: Vec<_> = strategies
		.into_iter()
		.flat_map(|(name, strategy)| [0, 1, 3].map(|checkers| (name, strategy, checkers)))
		// Without checkers nobody checks, except for an auditor now and then.
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
	report("lazy", &measurements);
}

#[test]
fn griefing_loses_and_costs_nobody_else() {
	let mut lines = Vec::new();
	for (name, gains) in [
		("challenges right results", measure_griefing_by_challenge(7_000, 200)),
		("opens jobs and cancels", measure_griefing_by_cancelling(7_001, 200)),
	] {
		let mean = Mean::of(&gains);
		eprintln!(
			"{name}: {} times, {:.4} ± {:.4} ASY each",
			gains.len(),
			mean.mean,
			mean.half_width
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

/// Returns what an honest worker gains per draw.
fn honest_gain(market: &market::Market) -> f64 {
	let honest = market
		.by_strategy
		.iter()
		.find(|(strategy, ..)| *strategy == Strategy::Honest);
	honest.expect("some workers are honest").2
}

/// Prints and writes the results of a market, and checks what must hold in every market.
fn report_market(name: &str, market: &market::Market) {
	let flows = &market.flows;
	eprintln!(
		"{name}: {} jobs, {} settled, {} refunded, {} disputes, {} audits, {} no-shows; false claims of the cartel: \
		 {}, settled: {}; false answers settled in all: {}",
		market.jobs,
		market.settled,
		market.refunded,
		market.disputes,
		market.audits,
		market.no_shows,
		market.claims,
		market.passed,
		market.false_settled
	);
	let mut lines = Vec::new();
	for (strategy, drawn, gain) in &market.by_strategy {
		eprintln!("  {strategy:?}: drawn {drawn} times, {gain:.4} ASY each");
		lines.push(format!("{strategy:?},{drawn},{gain}"));
		match strategy {
			Strategy::Honest => assert!(*gain > 0.0, "honest work does not pay"),
			// It is paid for its honest work as an executor; the checks that it leaves out cost it.
			Strategy::AbsentChecker => assert!(*gain < honest_gain(market), "leaving checks out pays"),
			_ => assert!(*gain < 0.0, "{strategy:?} pays"),
		}
	}
	eprintln!(
		"  griever: {} times, {:.4} ASY in all",
		market.grief_count, market.griever
	);
	eprintln!("  {flows:#?}");
	// Another test measures what spite costs: here the griever is a requester too, and gets its share of the bonds of
	// cheats.
	assert!(market.grief_count > 0, "nobody griefed");
	assert!(
		market.worst_honest_loss <= 0.0,
		"an honest account lost {}",
		market.worst_honest_loss
	);
	assert_eq!(market.honest_punished, 0, "an honest account was punished");
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
		("slashes to requesters and reporters", flows.slashes_to_others),
		("challengers' bonds burned", flows.forfeited_burned),
		("fund at the start", flows.fund_at_start),
		("fund at the end", flows.fund_at_end),
	]
	.map(|(flow, amount)| format!("{flow},{amount}"));
	write(&format!("{name}-flows"), "flow,asy", &flows);
}

#[test]
fn in_a_watched_market_every_cheat_loses_and_no_false_answer_is_settled() {
	let market = market::run(8_000, 2_500, true);
	report_market("market-watched", &market);
	assert_eq!(
		market.false_settled, 0,
		"a false answer was settled in spite of a watcher"
	);
}

#[test]
fn in_an_unwatched_market_every_cheat_loses_too() {
	let market = market::run(9_000, 2_500, false);
	report_market("market", &market);
	let (wanted, spread) = expected_count(&market.chances);
	eprintln!(
		"  {} of {} false claims were settled, expected {wanted:.1}",
		market.passed, market.claims
	);
	assert!(
		market.passed as f64 <= wanted + 3.0 * spread + 1.0,
		"more claims pass than the draws allow"
	);
}

#[test]
fn crowding_honest_workers_out_of_the_draw_does_not_pay() {
	let mut lines = Vec::new();
	let mut paid = Vec::new();
	for moment in [Moment::BeforeTheRequest, Moment::BeforeTheClaim] {
		for checkers in [0, 1, 3, 6] {
			let (gains, passed, at_risk) = measure_crowding(10_000, moment, checkers, 20);
			let (mean, samples) = (Mean::of(&gains), gains.len() as f64);
			// Few samples contain one of the rare large gains.
			let chance = evasion_probability(1.0 / 3.0, checkers, 0.1);
			let expected = mean.mean + chance * at_risk;
			eprintln!(
				"crowding {moment:?}, c = {checkers}: {samples} times, {passed} false answers settled, {expected:.4} \
				 ASY expected each",
			);
			lines.push(format!("{moment:?},{checkers},{samples},{passed},{expected}"));
			let spread = (samples * chance * (1.0 - chance)).sqrt();
			assert!(
				passed as f64 <= samples * chance + 3.0 * spread + 1.0,
				"crowding changes who is drawn: {moment:?}, c = {checkers}: {passed} of {samples} passed"
			);
			if expected >= 0.0 {
				paid.push((moment, checkers, expected));
			}
		}
	}
	write("crowding", "moment,checkers,samples,passed,expected", &lines);
	assert!(paid.is_empty(), "crowding pays: {paid:?}");
}
