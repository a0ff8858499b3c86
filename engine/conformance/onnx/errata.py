"""Backend tests whose data is not what ONNX specifies, and what is wrong with it."""

WRAPS = "the specification says that the quotient saturates, the test's generator let it wrap"

ERRATA = {
    "node/qlinearmatmul_2D_int8_float32": WRAPS,
    "node/qlinearmatmul_3D_int8_float32": WRAPS,
}
