//! Every command in the documentation is valid.

use super::Cli;
use clap::{CommandFactory, Parser};
use std::{fs, path::PathBuf};

#[test]
fn commands_in_code_blocks_parse() {
	let mut seen = 0;
	for (name, text) in documents() {
		for line in text.replace("\\\n", " ").lines().map(str::trim_start) {
			if line.starts_with("assay ") {
				let parsed = Cli::try_parse_from(words(line));
				assert!(parsed.is_ok(), "{name}: {line}\n{}", parsed.unwrap_err());
				seen += 1;
			}
		}
	}
	assert!(seen > 20, "only {seen} commands were found");
}

/// Inline code names a command without all that it requires: its subcommands and options have to exist.
#[test]
fn commands_in_sentences_exist() {
	for (name, text) in documents() {
		for code in text
			.split('`')
			.skip(1)
			.step_by(2)
			.filter(|code| code.starts_with("assay "))
		{
			let mut command = Cli::command();
			command.build();
			for word in words(code).iter().skip(1) {
				if let Some(option) = word.strip_prefix("--") {
					let known = command
						.get_arguments()
						.any(|argument| argument.get_long() == Some(option));
					assert!(known, "{name}: `{code}`: no option --{option}");
				} else if command.has_subcommands() {
					let subcommand = command.find_subcommand(word).cloned();
					command = subcommand.unwrap_or_else(|| panic!("{name}: `{code}`: no command {word}"));
				}
			}
		}
	}
}

fn documents() -> Vec<(String, String)> {
	let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
	let folders = [root.clone(), root.join("docs"), root.join("scripts")];
	folders
		.iter()
		.flat_map(|folder| fs::read_dir(folder).unwrap())
		.map(|entry| entry.unwrap().path())
		.filter(|path| path.extension().is_some_and(|extension| extension == "md"))
		.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()))
		.collect()
}

/// Splits a command into words as a shell does: double quotes hold a word together, and `#` begins a comment. `MODEL`
/// stands for the name of any model.
fn words(line: &str) -> Vec<String> {
	let mut words = vec![];
	for (index, part) in line.split('"').enumerate() {
		if index % 2 == 1 {
			words.push(part.into());
			continue;
		}
		for word in part.split_whitespace() {
			if word.starts_with('#') {
				return words;
			}
			words.push(if word == "MODEL" { "digits" } else { word }.into());
		}
	}
	words
}
