//! The demo: others reproduce a model, it answers a hundred real questions, a worker that lies is caught, and this
//! machine re-derives every answer.

use crate::{narration::narrate, request, say, serve, start_validators};
use anyhow::{ensure, Context};
use assay_client::{
	json::{
		CheckStatus, InferredRow, Job, JobStatusName, Model, ModelStatus, ParticipantStatus, Rejection, Stats,
		SubmittedModel, Verification, VerifiedJob, Worker,
	},
	Amount,
};
use assay_primitives::JobId;
use assay_runtime::ASY;
use assay_testing::{
	assay, assay_for_user, assay_with_progress,
	files::{breast_cancer, digits, text},
	Member, Network, Node, WAIT_TIMEOUT,
};
use clap::Args;
use serde::Serialize;
use std::{
	fs,
	path::PathBuf,
	time::{Duration, Instant},
};

/// Questions of the first act.
const ANSWERS: usize = 100;
/// What the model's owner gets for each answer, in ASY, on top of what the workers get.
const ROYALTY: &str = "0.001";
/// Slots of each of the three workers. A job takes an executor, a checker and now and then an auditor.
const SLOTS: u32 = 128;

/// Questions of the second act.
const RISKY_QUESTIONS: usize = 8;
/// Slots of each of its two workers: more than are busy at a time.
const RISKY_SLOTS: u32 = 40;

#[derive(Debug, Args)]
pub struct Options {
	/// Where to write the figures as JSON
	#[arg(long, value_name = "PATH")]
	summary: Option<PathBuf>,
	/// How long building has taken, which the figures include
	#[arg(long, value_name = "SECONDS", default_value_t = 0, hide = true)]
	build_seconds: u64,
}

/// The figures, as `--summary` writes them.
#[derive(Debug, Serialize)]
struct Summary {
	/// Blocks from the submission of the model until it was open.
	blocks_to_open: u32,
	/// Answers of the first act that are settled.
	settled: u64,
	refunded: u64,
	/// The share of the first act's answers that have the right label.
	accuracy_onchain: f64,
	/// The same share of the answers that this machine gives.
	accuracy_offline: f64,
	/// Answers of the first act that this machine has re-derived with equal digests.
	verified: usize,
	/// Blocks from a request of the first act to its answer: the median, and the most.
	latency_blocks_p50: u32,
	latency_blocks_max: u32,
	/// In ASY.
	slashed: f64,
	/// Answers whose digest on chain differs from the one that this machine derives.
	wrong_settled: u32,
	disputes: u64,
	/// Building included.
	seconds: u64,
}

/// Runs the demo. Succeeds only if all hundred answers are settled, the accuracy on chain is the accuracy offline,
/// every lie was caught and paid for, and every answer was re-derived.
pub async fn run(options: Options) -> anyhow::Result<()> {
	let started = Instant::now();

	say("starting three nodes: Alice, Bob and Charlie, who validate and work");
	let mut network = start_validators().await;

	say("the model: a small convolutional network, and what the engine derives from it");
	let file = text(digits("digits.onnx"));
	assay_for_user(network.node("alice"), None, &["describe", &file, "--bind", "N=1"]).await;

	let submitted = submit_digits(&network).await;
	let model = submitted.model.to_string();
	println!("model {model}");
	say("nobody can use it yet: three workers that Ferdie does not know reproduce his statement");
	let probe = submitted.probe.context("the model was submitted but has no probe")?;
	narrate(network.node("alice"), probe, Some(JobStatusName::Provisional)).await;

	say("meanwhile Dave joins, with a node that lies");
	network.join(Member::new("dave").misbehaving("wrong")).await;
	let node = network.node("alice");
	// The second act is prepared while the first act is played.
	let (first, ()) = tokio::join!(first_act(node, &model, probe), prepare_second_act(&network));
	let first = first?;
	let second = second_act(node).await?;

	say("waiting until nobody can challenge the first act's answers, and re-deriving all answers on this machine");
	if let Some(last) = first.ids().last() {
		watch(node, *last).await;
	}
	let stats = wait_for_all_jobs(node).await;
	let ids: Vec<_> = first.ids().into_iter().chain(second.ids()).collect();
	let verification = verify(node, &ids).await;

	let answered = count(&second.ended, |job| job.status == JobStatusName::Settled) as u64;
	let latencies = first.latencies();
	let last_of_first = first.ids().last().copied();
	let is_first_and_equal =
		|job: &VerifiedJob| job.status == CheckStatus::Equal && last_of_first.is_some_and(|last| job.job <= last);
	let summary = Summary {
		blocks_to_open: first.blocks_to_open,
		settled: stats.settled.saturating_sub(stats.probes).saturating_sub(answered),
		refunded: stats.refunded,
		accuracy_onchain: share(count(&first.jobs, |job| job.correct == Some(true))),
		accuracy_offline: share(count(&first.offline, |row| row.correct == Some(true))),
		verified: count(&verification.jobs, is_first_and_equal),
		latency_blocks_p50: latencies
			.get(latencies.len().saturating_sub(1) / 2)
			.copied()
			.unwrap_or(0),
		latency_blocks_max: latencies.last().copied().unwrap_or(0),
		slashed: stats.slashed.0 as f64 / ASY as f64,
		wrong_settled: verification.differs,
		disputes: stats.disputes,
		seconds: options.build_seconds + started.elapsed().as_secs(),
	};
	print_figures(node, &summary, &second, answered, &stats, verification.equal).await;
	if let Some(path) = &options.summary {
		let json = serde_json::to_string_pretty(&summary)?;
		fs::write(path, json + "\n").with_context(|| format!("{} cannot be written", path.display()))?;
	}

	let all = (ANSWERS + RISKY_QUESTIONS) as u32;
	ensure!(
		summary.settled == ANSWERS as u64,
		"only {} of {ANSWERS} answers are settled",
		summary.settled
	);
	ensure!(
		verification.equal == all,
		"only {} of {all} answers were re-derived with equal digests",
		verification.equal
	);
	ensure!(
		summary.accuracy_onchain == summary.accuracy_offline,
		"the accuracy is {} on chain and {} offline",
		summary.accuracy_onchain,
		summary.accuracy_offline
	);
	ensure!(
		summary.wrong_settled == 0,
		"{} wrong answers are settled",
		summary.wrong_settled
	);
	ensure!(second.lies > 0, "Dave did not lie");
	ensure!(
		answered == RISKY_QUESTIONS as u64,
		"only {answered} of {RISKY_QUESTIONS} questions to Dave and Bob were answered"
	);
	say("every answer on chain is the one that anyone can derive, and whoever gave another one has paid for it");
	Ok(())
}

/// Has Ferdie submit the digits model.
async fn submit_digits(network: &Network) -> SubmittedModel {
	say(format!(
		"Ferdie states what the model is and what it answers to eight images, and asks for {ROYALTY} ASY per answer"
	));
	let (file, images) = (text(digits("digits.onnx")), images());
	let mut args = vec![
		"model",
		"submit",
		&file,
		"--title",
		"Handwritten digits, 8x8 greyscale",
		"--bind",
		"N=1",
	];
	args.extend([
		"--input",
		&images,
		"--rows",
		"0..8",
		"--royalty",
		ROYALTY,
		"--no-wait",
		"--yes",
	]);
	for mirror in ["bob", "charlie"] {
		args.extend(["--mirror", network.node(mirror).url()]);
	}
	assay_with_progress(network.node("alice"), Some("//Ferdie"), &args)
		.await
		.parse()
}

/// Makes Dave a worker, and opens a second model, which Bob and Dave serve.
async fn prepare_second_act(network: &Network) {
	let (node, dave) = (network.node("alice"), network.node("dave").url());
	let args = ["worker", "register", "--stake", "500", "--key-url", dave];
	assay(node, Some("//Dave"), &args).await.expect_success();

	let file = text(breast_cancer("breast-cancer.onnx"));
	let features = features();
	let mut args = vec![
		"model",
		"submit",
		&file,
		"--title",
		"Tumours, malignant or benign",
		"--bind",
		"N=1",
	];
	args.extend(["--input", &features, "--rows", "0..8", "--yes"]);
	args.extend(["--family", "breast-cancer", "--version", "1", "--latest"]);
	for mirror in ["bob", "charlie", "dave"] {
		args.extend(["--mirror", network.node(mirror).url()]);
	}
	assay(node, Some("//Ferdie//stash"), &args).await.expect_success();
	serve(node, "breast-cancer", RISKY_SLOTS, &["//Bob", "//Dave"]).await;
}

/// The results of the first act.
struct FirstAct {
	blocks_to_open: u32,
	jobs: Vec<Job>,
	offline: Vec<InferredRow>,
}

impl FirstAct {
	fn ids(&self) -> Vec<JobId> {
		ids(&self.jobs)
	}

	/// Returns the blocks from each request to its answer, the fewest first.
	fn latencies(&self) -> Vec<u32> {
		let mut latencies: Vec<_> = self.jobs.iter().filter_map(|job| job.provisional_blocks).collect();
		latencies.sort_unstable();
		latencies
	}
}

/// Opens the model, and has honest workers answer. The figures show what was not answered.
async fn first_act(node: &Node, id: &str, probe: JobId) -> anyhow::Result<FirstAct> {
	say("waiting until nobody can challenge what they found");
	watch(node, probe).await;
	let model: Model = assay(node, None, &["model", "show", id]).await.parse();
	let reason = model.rejection.map_or("no reason is known", Rejection::name);
	ensure!(
		model.status == ModelStatus::Open,
		"the model was not reproduced: {reason}"
	);
	let history = model.history.unwrap_or_default();
	let opened_at = history.last().context("the model is open but has no history")?.at;
	let blocks_to_open = opened_at - model.submitted_at;
	println!("the model is what Ferdie states, and open, {blocks_to_open} blocks after he submitted it");

	say(format!(
		"Ferdie names it digits, and each of the three workers offers {SLOTS} slots"
	));
	assay_for_user(node, Some("//Ferdie"), &["family", "claim", "digits"]).await;
	assay_for_user(
		node,
		Some("//Ferdie"),
		&["family", "publish", "digits", "1", id, "--latest"],
	)
	.await;
	serve(node, "digits", SLOTS, &["//Alice", "//Bob", "//Charlie"]).await;

	say(format!(
		"first act: Eve requests {ANSWERS} answers from digits, about images it was not trained on, with a checker each"
	));
	let (images, rows, labels) = (images(), format!("0..{ANSWERS}"), text(digits("test_labels.npy")));
	let about = ["--input", &images, "--rows", &rows, "--labels", &labels];
	// Token holders have not listed the model, so the request must allow that.
	let options = ["digits", "--allow-unlisted", "--checkers", "1", "--provisional"];
	let jobs = request(node, &[&options[..], &about].concat()).await;
	let answers = count(&jobs, |job| job.status == JobStatusName::Provisional);
	println!("{answers} answers are there; for ten blocks, anybody may challenge them");

	say("running the same file on the same images offline");
	let file = text(digits("digits.onnx"));
	let args = [&["infer", &file, "--bind", "N=1"], &about[..]].concat();
	let offline = assay_with_progress(node, None, &args).await.parse();
	Ok(FirstAct {
		blocks_to_open,
		jobs,
		offline,
	})
}

/// The results of the second act.
struct SecondAct {
	requested: Vec<Job>,
	ended: Vec<Job>,
	/// How often Dave was found wrong.
	lies: usize,
	/// What he has lost of his stake.
	lost: Amount,
}

impl SecondAct {
	fn ids(&self) -> Vec<JobId> {
		ids(&self.requested)
	}
}

/// Has Bob and Dave, who lies, answer questions. With two workers nothing may be at risk.
async fn second_act(node: &Node) -> anyhow::Result<SecondAct> {
	say(format!(
		"second act: {RISKY_QUESTIONS} tumours, malignant or benign? Only Bob and Dave serve this model, and Eve \
		 requests a checker"
	));
	let before: Worker = worker(node, "//Dave").await;
	let (features, rows) = (features(), format!("0..{RISKY_QUESTIONS}"));
	let options = [
		"breast-cancer",
		"--input",
		&features,
		"--rows",
		&rows,
		"--allow-unlisted",
		"--checkers",
		"1",
	];
	let requested = request(node, &[&options[..], &["--no-wait"]].concat()).await;
	let ids = ids(&requested);
	let first = ids.first().context("the questions were not accepted")?;
	narrate(node, *first, None).await;
	let mut ended = Vec::new();
	for id in ids {
		ended.push(watch(node, id).await);
	}
	let after: Worker = worker(node, "//Dave").await;
	let is_wrong = |job: &&Job| {
		let mut statuses = job.participants.iter().map(|participant| participant.status);
		statuses.any(|status| status == ParticipantStatus::Wrong)
	};
	let lies = ended.iter().filter(is_wrong).count();
	println!(
		"Dave was wrong {lies} times of {RISKY_QUESTIONS}. His stake was {} ASY and is {} ASY.",
		before.stake, after.stake
	);
	Ok(SecondAct {
		requested,
		ended,
		lies,
		lost: Amount(before.stake.0.saturating_sub(after.stake.0)),
	})
}

/// Waits until a job has ended, and returns it.
async fn watch(node: &Node, id: JobId) -> Job {
	assay_with_progress(node, None, &["job", "watch", &id.to_string()])
		.await
		.parse()
}

/// Waits until no job is in progress, and returns the chain's totals. Gives up after a while; then the figures show
/// what is missing.
async fn wait_for_all_jobs(node: &Node) -> Stats {
	let deadline = Instant::now() + WAIT_TIMEOUT;
	loop {
		let stats: Stats = assay(node, None, &["stats"]).await.parse();
		if stats.in_progress == 0 || Instant::now() >= deadline {
			return stats;
		}
		tokio::time::sleep(Duration::from_millis(500)).await;
	}
}

async fn verify(node: &Node, ids: &[JobId]) -> Verification {
	let ids: Vec<_> = ids.iter().map(JobId::to_string).collect();
	let args: Vec<_> = ["verify"].into_iter().chain(ids.iter().map(String::as_str)).collect();
	assay_with_progress(node, None, &args).await.parse()
}

async fn worker(node: &Node, suri: &str) -> Worker {
	assay(node, Some(suri), &["worker", "status"]).await.parse()
}

/// Returns the jobs that requests became.
fn ids(jobs: &[Job]) -> Vec<JobId> {
	jobs.iter().map(|job| job.job).collect()
}

fn count<T>(all: &[T], is_counted: impl Fn(&T) -> bool) -> usize {
	all.iter().filter(|item| is_counted(item)).count()
}

/// Returns a part of the first act's answers as a share, to four decimal places.
fn share(part: usize) -> f64 {
	(part as f64 / ANSWERS as f64 * 10_000.0).round() / 10_000.0
}

/// Returns the value of `--input` for the digits model.
fn images() -> String {
	format!("image={}", text(digits("test_images.npy")))
}

/// Returns the value of `--input` for the breast cancer model.
fn features() -> String {
	format!("features={}", text(breast_cancer("test_features.npy")))
}

async fn print_figures(
	node: &Node,
	summary: &Summary,
	second: &SecondAct,
	answered: u64,
	stats: &Stats,
	verified: u32,
) {
	let mut given = Vec::new();
	for name in ["Alice", "Bob", "Charlie"] {
		given.push(format!("{name} {}", worker(node, &format!("//{name}")).await.answers));
	}
	let given = given.join(", ");
	let Summary {
		blocks_to_open,
		settled,
		refunded,
		accuracy_onchain,
		accuracy_offline,
		latency_blocks_p50,
		latency_blocks_max,
		wrong_settled,
		disputes,
		seconds,
		..
	} = summary;
	let lost = second.lost;
	let (workers, owners, all) = (stats.paid_to_workers, stats.paid_to_owners, ANSWERS + RISKY_QUESTIONS);
	println!(
		"
  Before: three workers reproduce the model
    from submission to open     {blocks_to_open} blocks of 3 s: they repeat what Ferdie states, and anybody may \
		challenge what they find

  First act: honest workers
    answers settled on chain    {settled} of {ANSWERS}, {refunded} refunded
    accuracy on chain           {accuracy_onchain}
    accuracy offline            {accuracy_offline}
    from request to answer      {latency_blocks_p50} blocks of 3 s (median), {latency_blocks_max} (worst); final ten \
		blocks later

  Second act: Dave lies
    questions                   {RISKY_QUESTIONS}, each to Dave and Bob
    wrong answers settled       {wrong_settled}
    right answers settled       {answered} of {RISKY_QUESTIONS}
    Dave has lost               {lost} ASY, a bond of 10 ASY for each lie: half burned, the rest to Eve, Bob and the \
		audit fund

  Both acts
    judged by the validators    {disputes} jobs: the lies
    answers given               {given}: two to each question of the first act, one to each probe, and some as auditors
    paid                        {workers} ASY to workers, {owners} ASY to Ferdie for the model
    re-derived on this machine  {verified} of {all}, bit for bit
    time                        {seconds} s, building included
"
	);
}
