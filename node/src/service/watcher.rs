//! How this node's watch over results is doing, in the log and in the metrics: whether it can pay for a challenge, and
//! whether it keeps up.

use assay_primitives::watch::{WatchReport, WATCH_REPORT};
use assay_runtime::{AccountId, Balance, BlockNumber, ASY};
use codec::Decode;
use log::Level;
use sp_core::offchain::{OffchainStorage, STORAGE_PREFIX};
use sp_runtime::Permill;
use std::time::Duration;
use substrate_prometheus_endpoint::{register, Counter, Gauge, PrometheusError, Registry, F64, U64};

/// The time between two looks at the report: a block.
const POLL_INTERVAL: Duration = Duration::from_secs(3);

/// What a watcher account should hold beyond the bond: for its existential deposit, and for fees.
const RESERVE: Balance = ASY;

type Report = WatchReport<AccountId, Balance, BlockNumber>;

/// A line of the log.
type Line = (Level, String);

/// Whether the node could challenge a wrong result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Funding {
	NoKey,
	/// No account can pay a bond.
	Insufficient,
	Sufficient,
}

impl Funding {
	fn of(report: &Report) -> Self {
		match report.accounts.as_slice() {
			[] => Self::NoKey,
			accounts if accounts.iter().any(|account| account.can_challenge) => Self::Sufficient,
			_ => Self::Insufficient,
		}
	}
}

/// What was last said about the watch.
pub struct Monitor {
	metrics: Option<Metrics>,
	last: Option<Report>,
	funding: Funding,
	is_behind: bool,
}

impl Monitor {
	/// Says that the node watches `share` of all results, from `accounts`. `rpc_port` is where the node makes keys.
	pub fn start(
		share: Permill,
		accounts: &[AccountId],
		rpc_port: u16,
		registry: Option<&Registry>,
	) -> Result<Self, PrometheusError> {
		let metrics = registry.map(Metrics::register).transpose()?;
		if let Some(metrics) = &metrics {
			metrics.share.set(ratio(share));
		}
		print(&start_line(share, accounts, rpc_port));
		Ok(Self {
			metrics,
			last: None,
			funding: Funding::NoKey,
			is_behind: false,
		})
	}

	/// Reads the reports in `storage` for as long as the node runs.
	pub async fn run(mut self, storage: impl OffchainStorage) {
		// A report of an earlier run says nothing about this one.
		self.last = read(&storage);
		loop {
			tokio::time::sleep(POLL_INTERVAL).await;
			if let Some(report) = read(&storage) {
				self.note(report).iter().for_each(print);
			}
		}
	}

	/// Notes a report. Returns what is new to the operator.
	fn note(&mut self, report: Report) -> Vec<Line> {
		if self.last.as_ref() == Some(&report) {
			return Vec::new();
		}
		let mut lines = Vec::new();
		let funding = Funding::of(&report);
		if funding != self.funding {
			lines.extend(funding_line(&report, funding));
			self.funding = funding;
		}
		// A share that differs by less than a tenth differs by chance.
		let is_behind = report.effective_share < report.share - Permill::from_percent(10) * report.share;
		if is_behind != self.is_behind {
			lines.push(load_line(&report, is_behind));
			self.is_behind = is_behind;
		}
		if let Some(metrics) = &self.metrics {
			metrics.update(self.last.as_ref(), &report);
		}
		self.last = Some(report);
		lines
	}
}

fn read(storage: &impl OffchainStorage) -> Option<Report> {
	let report = storage.get(STORAGE_PREFIX, WATCH_REPORT)?;
	Report::decode(&mut &report[..]).ok()
}

fn print((level, line): &Line) {
	log::log!(*level, "{line}");
}

/// Returns what the node says when it starts.
fn start_line(share: Permill, accounts: &[AccountId], rpc_port: u16) -> Line {
	let share = percent(share);
	if accounts.is_empty() {
		let request = r#"{"jsonrpc":"2.0","id":1,"method":"assay_watcherKey","params":[]}"#;
		let line = format!(
			"This node watches {share} % of all results but has no watcher key, so it cannot challenge a wrong one. \
			Make a key with: curl -H 'Content-Type: application/json' -d '{request}' http://localhost:{rpc_port}"
		);
		return (Level::Warn, line);
	}
	let accounts: Vec<_> = accounts.iter().map(ToString::to_string).collect();
	let line = format!(
		"This node watches {share} % of all results, and challenges wrong ones from {}",
		accounts.join(" or ")
	);
	(Level::Info, line)
}

/// Returns what the node says when it becomes able or unable to pay for a challenge.
fn funding_line(report: &Report, funding: Funding) -> Option<Line> {
	let bond = asy(report.bond);
	let able = report.accounts.iter().find(|account| account.can_challenge);
	let account = able.or(report.accounts.first())?.account.to_string();
	let line = match funding {
		Funding::NoKey => return None,
		Funding::Sufficient => (
			Level::Info,
			format!("The watcher account {account} can pay the bond of a challenge, {bond} ASY"),
		),
		Funding::Insufficient => {
			let sum = report.bond.saturating_add(RESERVE);
			let line = format!(
				"The watcher account {account} cannot pay the bond of a challenge, {bond} ASY, so this node can \
				challenge no wrong result. Transfer {} ASY to it: Balances.transfer_keep_alive({account}, {sum})",
				asy(sum)
			);
			(Level::Warn, line)
		}
	};
	Some(line)
}

/// Returns what the node says when the watch falls behind, or has caught up.
fn load_line(report: &Report, is_behind: bool) -> Line {
	let (share, effective) = (percent(report.share), percent(report.effective_share));
	if is_behind {
		let line = format!(
			"The watch does not keep up: of late this node has compared {effective} % of all results in time, not \
			{share} %. Give it more threads with --worker-threads, store the models that it lacks, or lower --watch"
		);
		(Level::Warn, line)
	} else {
		(
			Level::Info,
			format!("The watch keeps up again: this node compares {effective} % of all results"),
		)
	}
}

/// Formats an amount in ASY, without rounding.
fn asy(amount: Balance) -> String {
	let decimals = format!("{:012}", amount % ASY);
	decimal(amount / ASY, &decimals)
}

/// Formats a share in percent, without rounding.
fn percent(share: Permill) -> String {
	let parts = u128::from(share.deconstruct());
	let decimals = format!("{:04}", parts % 10_000);
	decimal(parts / 10_000, &decimals)
}

fn decimal(whole: u128, decimals: &str) -> String {
	match decimals.trim_end_matches('0') {
		"" => whole.to_string(),
		decimals => format!("{whole}.{decimals}"),
	}
}

fn ratio(share: Permill) -> f64 {
	f64::from(share.deconstruct()) / 1_000_000.0
}

/// The metrics of the watch.
struct Metrics {
	can_challenge: Gauge<U64>,
	watched: Gauge<U64>,
	share: Gauge<F64>,
	effective_share: Gauge<F64>,
	compared: Counter<U64>,
	missed: Counter<U64>,
}

impl Metrics {
	/// Registers the metrics. Fails if one of their names is taken.
	fn register(registry: &Registry) -> Result<Self, PrometheusError> {
		let number = |name, help| register(Gauge::<U64>::new(name, help)?, registry);
		let share = |name, help| register(Gauge::<F64>::new(name, help)?, registry);
		let counter = |name, help| register(Counter::<U64>::new(name, help)?, registry);
		Ok(Self {
			can_challenge: number(
				"assay_watcher_can_challenge",
				"1 if a watcher account of this node can pay the bond of a challenge, 0 otherwise",
			)?,
			watched: number("assay_watcher_watched_jobs", "Jobs that this node watches now")?,
			share: share("assay_watcher_share", "The share of results to watch, from 0 to 1")?,
			effective_share: share(
				"assay_watcher_effective_share",
				"The share of results that this node has compared in time of late, from 0 to 1",
			)?,
			compared: counter("assay_watcher_compared_total", "Watched results compared in time")?,
			missed: counter("assay_watcher_missed_total", "Selected results not compared in time")?,
		})
	}

	fn update(&self, last: Option<&Report>, report: &Report) {
		self.can_challenge
			.set((Funding::of(report) == Funding::Sufficient).into());
		self.watched.set(report.watched.into());
		self.share.set(ratio(report.share));
		self.effective_share.set(ratio(report.effective_share));
		let since_last = |count: fn(&Report) -> u64| count(report).saturating_sub(last.map_or(0, count));
		self.compared.inc_by(since_last(|report| report.compared));
		self.missed.inc_by(since_last(|report| report.missed));
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use assay_primitives::watch::WatcherAccount;
	use sp_core::offchain::storage::InMemOffchainStorage;

	const ACCOUNT: &str = "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM";

	fn report(at: BlockNumber, can_challenge: bool) -> Report {
		Report {
			at,
			share: Permill::from_percent(5),
			effective_share: Permill::from_percent(5),
			watched: 7,
			compared: 10,
			missed: 1,
			bond: 5 * ASY / 2,
			accounts: vec![WatcherAccount {
				account: AccountId::new([0; 32]),
				can_challenge,
			}],
		}
	}

	fn monitor(registry: Option<&Registry>) -> Monitor {
		let accounts = [AccountId::new([0; 32])];
		Monitor::start(Permill::from_percent(5), &accounts, 9944, registry).expect("fresh metrics")
	}

	#[test]
	fn the_start_names_the_account_or_the_command_that_makes_one() {
		let (level, line) = start_line(Permill::from_parts(5_000), &[AccountId::new([0; 32])], 9944);
		assert_eq!(level, Level::Info);
		assert!(line.contains("0.5 %") && line.ends_with(ACCOUNT), "{line}");
		let (level, line) = start_line(Permill::from_percent(5), &[], 9955);
		assert_eq!(level, Level::Warn);
		assert!(
			line.contains("assay_watcherKey") && line.ends_with("http://localhost:9955"),
			"{line}"
		);
	}

	#[test]
	fn an_account_that_cannot_pay_a_bond_is_named_once_with_the_call_that_funds_it() {
		let mut monitor = monitor(None);
		let lines = monitor.note(report(1, false));
		let [(Level::Warn, line)] = lines.as_slice() else {
			panic!("{lines:?}");
		};
		assert!(line.contains("2.5 ASY"), "{line}");
		let call = format!("3.5 ASY to it: Balances.transfer_keep_alive({ACCOUNT}, 3500000000000)");
		assert!(line.ends_with(&call), "{line}");
		assert_eq!(monitor.note(report(2, false)), vec![]);

		let lines = monitor.note(report(3, true));
		let [(Level::Info, line)] = lines.as_slice() else {
			panic!("{lines:?}");
		};
		assert!(line.contains(ACCOUNT), "{line}");
		assert_eq!(monitor.note(report(4, true)), vec![]);
		assert_eq!(monitor.note(report(5, false)).len(), 1);
	}

	#[test]
	fn a_watch_that_falls_behind_says_so_once_and_again_when_it_has_caught_up() {
		let mut monitor = monitor(None);
		monitor.note(report(1, true));
		let shares = [(46_000, 0), (44_000, 1), (20_000, 0), (46_000, 1), (50_000, 0)];
		for (at, (parts, lines)) in (2..).zip(shares) {
			let report = Report {
				effective_share: Permill::from_parts(parts),
				..report(at, true)
			};
			assert_eq!(monitor.note(report).len(), lines, "{parts}");
		}
	}

	#[test]
	fn the_metrics_follow_the_reports_of_this_run() {
		let registry = Registry::new();
		let mut monitor = monitor(Some(&registry));
		monitor.last = Some(report(1, false));
		monitor.note(report(1, false));
		monitor.note(Report {
			compared: 14,
			..report(2, true)
		});
		let value = |name: &str| {
			let families = registry.gather();
			let family = families.iter().find(|family| family.get_name() == name).expect(name);
			let metric = family.get_metric()[0].clone();
			metric.get_counter().get_value() + metric.get_gauge().get_value()
		};
		let expected = [
			("assay_watcher_can_challenge", 1.0),
			("assay_watcher_watched_jobs", 7.0),
			("assay_watcher_share", 0.05),
			("assay_watcher_effective_share", 0.05),
			("assay_watcher_compared_total", 4.0),
			("assay_watcher_missed_total", 0.0),
		];
		for (name, expected) in expected {
			assert_eq!(value(name), expected, "{name}");
		}
	}

	#[test]
	fn a_report_is_read_as_the_runtime_wrote_it() {
		let mut storage = InMemOffchainStorage::default();
		assert_eq!(read(&storage), None);
		storage.set(STORAGE_PREFIX, WATCH_REPORT, &codec::Encode::encode(&report(1, true)));
		assert_eq!(read(&storage), Some(report(1, true)));
	}
}
