"""Why the engine's answer to a backend test is not ONNX's, for each such test."""

WRAPS = "ONNX's data: its specification says that the quotient saturates, its generator let it wrap"

SIGMOID = "the test's tolerance: it allows 1e-7 of error, and tract's sigmoid, a quotient of polynomials, is never above 1 - 9.5e-7"

CAUSES = {
    "node/gru_seq_length": SIGMOID,
    "node/qlinearmatmul_2D_int8_float32": WRAPS,
    "node/qlinearmatmul_3D_int8_float32": WRAPS,
}
