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
		throw new Error("the message is longer than the engine's memory");
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

/** (ModelSpec, Vec<u8>) */
export function encodeLoad(bindings, onnx) {
	const pairs = Object.entries(bindings).map(([symbol, extent]) => Buffer.concat([blob(Buffer.from(symbol)), u32(extent)]));
	return Buffer.concat([sequence(pairs), blob(onnx)]);
}

/** Vec<Tensor> */
export function encodeTensors(tensors) {
	return sequence(tensors.map(({ dtype, shape, data }) => Buffer.concat([Buffer.from([dtype]), sequence(shape.map(u32)), blob(data)])));
}

/** Outcome::Answer, around an encoded Vec<Tensor> */
export const answerOutcome = (tensors) => Buffer.concat([Buffer.from([0]), tensors]);

/** Outcome::Fault */
export const faultOutcome = (code) => Buffer.from([1, code]);

/** Manifest, as far as its ports */
export function decodeManifest(bytes) {
	const buffer = Buffer.from(bytes);
	let at = 0;
	const take = (count) => buffer.subarray(at, (at += count));
	const length = () => {
		const mode = buffer[at] & 3;
		if (mode === 3) throw new Error("a manifest this long cannot be");
		return take(1 << mode).readUIntLE(0, 1 << mode) >>> 2;
	};
	const list = (item) => Array.from({ length: length() }, item);
	const port = () => ({ name: take(length()).toString(), dtype: take(1)[0], shape: list(() => take(4).readUInt32LE()) });
	return { inputs: list(port), outputs: list(port) };
}
