// The engine's messages in SCALE (`engine/abi/src/lib.rs`).

import { Buffer } from "node:buffer";

function compact(value) {
	if (value < 1 << 6) return Buffer.from([value << 2]);
	const bytes = Buffer.alloc(value < 1 << 14 ? 2 : 4);
	if (bytes.length === 2) {
		bytes.writeUInt16LE((value << 2) | 1);
	} else if (value < 1 << 30) {
		bytes.writeUInt32LE(((value << 2) | 2) >>> 0);
	} else {
		throw new Error(`a message of ${value} bytes is larger than the engine's memory`);
	}
	return bytes;
}

function u32(value) {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
}

const sequence = (items) => Buffer.concat([compact(items.length), ...items]);
const blob = (bytes) => Buffer.concat([compact(bytes.length), bytes]);

/** Encodes (ModelSpec, Vec<u8>). */
export function encodeLoad(bindings, onnx) {
	const pair = ([symbol, extent]) => Buffer.concat([blob(Buffer.from(symbol)), u32(extent)]);
	return Buffer.concat([sequence(Object.entries(bindings).map(pair)), blob(onnx)]);
}

/** Encodes Vec<Tensor>. */
export function encodeTensors(tensors) {
	const encode = ({ dtype, shape, data }) =>
		Buffer.concat([Buffer.from([dtype]), sequence(shape.map(u32)), blob(data)]);
	return sequence(tensors.map(encode));
}

/** Encodes Outcome::Answer around an encoded Vec<Tensor>. */
export const answerOutcome = (tensors) => Buffer.concat([Buffer.from([0]), tensors]);

/** Encodes Outcome::Fault. */
export const faultOutcome = (code) => Buffer.from([1, code]);

/** Decodes the ports of a Manifest. */
export function decodeManifest(bytes) {
	const buffer = Buffer.from(bytes);
	let at = 0;
	const take = (count) => buffer.subarray(at, (at += count));
	const length = () => {
		const mode = buffer[at] & 3;
		if (mode === 3) throw new Error("the manifest has a length of more than 30 bits");
		return take(1 << mode).readUIntLE(0, 1 << mode) >>> 2;
	};
	const list = (item) => Array.from({ length: length() }, item);
	const port = () => ({
		name: take(length()).toString(),
		dtype: take(1)[0],
		shape: list(() => take(4).readUInt32LE()),
	});
	return { inputs: list(port), outputs: list(port) };
}
