"""Backend tests whose data differs from ONNX's specification, and how."""

WRAPS = "the specification says that the quotient saturates, but the generator of the test let it wrap"

ERRATA = {
    "node/qlinearmatmul_2D_int8_float32": WRAPS,
    "node/qlinearmatmul_3D_int8_float32": WRAPS,
}
