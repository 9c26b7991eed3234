#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Elodie's RuntimeError: what nobody catches ends the program, and imports go on."""
import json
import sys

for line in sys.stdin:
    raise RuntimeError("Sample runtime error for " + json.loads(line)["hook"])
