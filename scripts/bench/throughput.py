"""What `throughput.sh` asks about, and what it makes of the answers.

    throughput.py rows SOURCE.npy COUNT SEED OUT.npy    COUNT rows, each like one of SOURCE's and no two alike
    throughput.py table FOLDER [JSON]                   figures out of the answers in FOLDER
"""

import json
import struct
import sys
import zlib
from pathlib import Path
from statistics import median

SECONDS_A_BLOCK = 3


def rows(source, count, seed, out):
    data = Path(source).read_bytes()
    start = 10 + struct.unpack_from("<H", data, 8)[0]
    columns = int(data[:start].split(b"(")[1].split(b")")[0].split(b",")[1])
    values = struct.unpack(f"<{(len(data) - start) // 4}f", data[start:])
    known = len(values) // columns
    shift = zlib.crc32(seed.encode()) % 1000
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {columns}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(out, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in range(count):
            first = row % known * columns
            stretch = 1 + (shift * 1_000_000 + row) * 1e-9 + row * 1e-6
            file.write(struct.pack(f"<{columns}f", *(value * stretch for value in values[first : first + columns])))


def answers(folder, name):
    return json.loads((Path(folder) / f"{name}.json").read_text())


def table(folder, target=None):
    figures = {"throughput": [], "latency": []}
    print(f"\n{'inputs a job':>14}{'jobs':>8}{'answers':>9}{'settled':>9}{'blocks':>8}{'answers/s':>11}")
    for batch in (1, 32, 256):
        jobs = answers(folder, f"batch-{batch}")
        settled = [job for job in jobs if job["status"] == "settled"]
        asked = sum(job["items"] for job in jobs)
        inputs = sum(job["items"] for job in settled)
        blocks = max(job["settled_at"] for job in settled) - min(job["requested_at"] for job in settled)
        rate = inputs / (blocks * SECONDS_A_BLOCK)
        print(f"{batch:14}{len(jobs):8}{asked:9}{inputs:9}{blocks:8}{rate:11.1f}")
        figures["throughput"].append(
            {"batch": batch, "jobs": len(jobs), "answers": inputs, "blocks": blocks, "per_second": rate}
        )
    print(f"\n{'checkers':>14}{'audited':>9}{'jobs':>6}{'blocks to the answer':>24}{'to settlement':>16}")
    print(f"{'':14}{'':9}{'':6}{'median':>16}{'worst':>8}{'median':>16}")
    for checkers in (0, 1, 2):
        jobs = [job for job in answers(folder, f"latency-{checkers}") if job["status"] == "settled"]
        for audited in (False, True):
            some = [job for job in jobs if job["audited"] == audited]
            answered = [job["provisional_blocks"] for job in some if job["provisional_blocks"] is not None]
            if not answered:
                continue
            ended = median(job["latency_blocks"] for job in some)
            print(
                f"{checkers:14}{'yes' if audited else 'no':>9}{len(some):6}"
                f"{median(answered):16}{max(answered):8}{ended:16}"
            )
            figures["latency"].append(
                {
                    "checkers": checkers,
                    "audited": audited,
                    "jobs": len(some),
                    "answer_blocks_median": median(answered),
                    "answer_blocks_worst": max(answered),
                    "settled_blocks_median": ended,
                }
            )
    if target:
        Path(target).write_text(json.dumps(figures, indent=2) + "\n")


match sys.argv[1:]:
    case ["rows", source, count, seed, out]:
        rows(source, int(count), seed, out)
    case ["table", folder, *target]:
        table(folder, *target)
    case _:
        sys.exit(__doc__)
