"""The face that code and address are set in, drawn for this project to be read from the sofa and never misread.

A round pen of one thickness on straight stems. What people confuse differs in more than one way: the zero is narrow and
slashed, I and J have bars, 1 has a flag and a foot, l a tail; 5 and Z have corners where S and 2 are round; B has
a straight back and 8 a waist; 6 and 9 rise in one slanted curve where G stands upright.

Units: the centre of the pen is at y 0 at the top of a capital and at 100 on the baseline. The strokes are explained in
:mod:`art.pen`.
"""

from __future__ import annotations

PEN = 14.5
"""Thickness of the pen."""

TOP, BASELINE = 0.0 - PEN / 2, 100.0 + PEN / 2
"""Where the ink of a capital, or of a letter with an ascender, begins and ends."""

ASCENT, DESCENT = -12.0, 140.0
"""Where the picture of a letter begins and ends."""

CODE_BEARING, ADDRESS_BEARING = 13.0, 9.5
"""Free space on each side of a letter, between the outermost ink and the edge of its picture: codes are spaced."""

FIGURE = 63.0
"""Room between the outermost strokes of a digit: the same for all, as digits have it in print."""

CAPITALS = {
    "A": "M 0,100 L 33,0 L 66,100 M 12,66 L 54,66",
    "B": "M 0,47 L 34,47 M 0,100 L 0,0 L 33,0 H 57,23.5 V 33,47 L 35,47 H 62,73.5 V 35,100 L 0,100",
    "C": "M 61,29 V 32,0 H 0,37 L 0,63 V 32,100 H 61,71",
    "D": "M 0,0 L 25,0 H 62,40 L 62,60 V 25,100 L 0,100 L 0,0",
    "E": "M 53,0 L 0,0 L 0,100 L 53,100 M 0,48 L 46,48",
    "F": "M 53,0 L 0,0 L 0,100 M 0,50 L 45,50",
    "G": "M 61,27 V 32,0 H 0,37 L 0,63 V 32,100 H 64,68 L 64,54 L 38,54",
    "H": "M 0,0 L 0,100 M 62,0 L 62,100 M 0,48 L 62,48",
    "I": "M 0,0 L 38,0 M 19,0 L 19,100 M 0,100 L 38,100",
    "J": "M 18,0 L 50,0 L 50,68 V 24,100 H 0,76",
    "K": "M 0,0 L 0,100 M 58,0 L 0,60 M 20,39 L 62,100",
    "L": "M 0,0 L 0,100 L 52,100",
    "M": "M 0,100 L 0,0 L 38,58 L 76,0 L 76,100",
    "N": "M 0,100 L 0,0 L 63,100 L 63,0",
    "O": "M 0,40 V 34,0 H 68,40 L 68,60 V 34,100 H 0,60 L 0,40",
    "P": "M 0,100 L 0,0 L 33,0 H 60,28 V 33,56 L 0,56",
    "Q": "M 0,40 V 34,0 H 68,40 L 68,60 V 34,100 H 0,60 L 0,40 M 42,74 L 70,108",
    "R": "M 0,100 L 0,0 L 33,0 H 60,27.5 V 33,55 L 0,55 M 33,55 L 62,100",
    "S": "M 59,24 V 31,0 H 2,25 V 31,49 H 61,75 V 31,100 H 0,76",
    "T": "M 0,0 L 66,0 M 33,0 L 33,100",
    "U": "M 0,0 L 0,66 V 32,100 H 64,66 L 64,0",
    "V": "M 0,0 L 33,100 L 66,0",
    "W": "M 0,0 L 22,100 L 45,24 L 68,100 L 90,0",
    "X": "M 0,0 L 62,100 M 62,0 L 0,100",
    "Y": "M 0,0 L 32,54 L 64,0 M 32,54 L 32,100",
    "Z": "M 3,0 L 60,0 L 0,100 L 62,100",
}

DIGITS = {
    "0": "M 0,38 V 28,0 H 56,38 L 56,62 V 28,100 H 0,62 L 0,38 M 18,65 L 38,35",
    "1": "M 4,20 L 28,0 L 28,100 M 2,100 L 54,100",
    "2": "M 2,27 V 30,0 H 58,28 C 58,50 34,64 0,100 L 60,100",
    "3": "M 2,22 V 28,0 H 55,23.5 V 28,47 L 20,47 M 28,47 H 59,74 V 28,100 H 0,77",
    "4": "M 45,100 L 45,0 L 0,69 L 63,69",
    "5": "M 54,0 L 7,0 L 3,46 C 9,39 18,36 29,36 H 59,68 V 28,100 H 0,79",
    "6": "O 30,68 30,32 M 0,68 C 0,44 14,20 44,0",
    "7": "M 0,0 L 58,0 L 19,100",
    "8": "O 30,23.5 24,23.5 O 30,73.5 30,26.5",
    "9": "O 30,32 30,32 M 60,32 C 60,56 46,80 16,100",
}

SMALL = {
    "a": "M 4,45 V 27,30 H 51,54 L 51,100 M 51,63 L 25,63 H 0,82 V 22,100 H 51,80",
    "b": "M 0,0 L 0,100 O 27,65 27,35",
    "c": "M 49,47 V 27,30 H 0,60 L 0,70 V 27,100 H 49,83",
    "d": "M 54,0 L 54,100 O 27,65 27,35",
    "e": "M 0,65 L 54,65 L 54,62 V 27,30 H 0,62 L 0,68 V 28,100 H 51,85",
    "f": "M 38,0 H 14,24 L 14,100 M 0,34 L 34,34",
    "g": "M 54,30 L 54,106 V 28,130 H 4,117 O 27,65 27,35",
    "h": "M 0,0 L 0,100 M 0,58 V 27,30 H 52,58 L 52,100",
    "i": "M 0,30 L 0,100 D 0,3 9",
    "j": "M 16,30 L 16,110 V 0,129 D 16,3 9",
    "k": "M 0,0 L 0,100 M 46,30 L 0,71 M 17,56 L 50,100",
    "l": "M 0,0 L 0,80 V 18,100",
    "m": "M 0,30 L 0,100 M 0,56 V 23,30 H 44,56 L 44,100 M 44,56 V 67,30 H 88,56 L 88,100",
    "n": "M 0,30 L 0,100 M 0,58 V 27,30 H 52,58 L 52,100",
    "o": "O 28,65 28,35",
    "p": "M 0,30 L 0,130 O 27,65 27,35",
    "q": "M 54,30 L 54,130 O 27,65 27,35",
    "r": "M 0,30 L 0,100 M 0,62 V 30,31",
    "s": "M 44,46 V 24,30 H 3,47.5 V 24,64 H 47,82 V 24,100 H 0,84",
    "t": "M 14,8 L 14,78 V 36,100 M 0,34 L 36,34",
    "u": "M 0,30 L 0,72 V 26,100 H 52,72 M 52,30 L 52,100",
    "v": "M 0,30 L 27,100 L 54,30",
    "w": "M 0,30 L 18,100 L 39,46 L 60,100 L 78,30",
    "x": "M 0,30 L 50,100 M 50,30 L 0,100",
    "y": "M 0,30 L 27,98 M 54,30 L 24,110 C 20,124 13,129 3,129",
    "z": "M 2,30 L 46,30 L 0,100 L 48,100",
}

SIGNS = {
    "-": "M 0,52 L 32,52",
    ".": "D 0,98 9.5",
    "/": "M 36,-4 L 0,112",
    ":": "D 0,46 9.5 D 0,90 9.5",
    "_": "M 0,114 L 48,114",
}

CODE = {**CAPITALS, **DIGITS, "-": SIGNS["-"]}
"""What user codes consist of, drawn large."""

ADDRESS = {**SMALL, **DIGITS, **SIGNS}
"""What addresses consist of, drawn small."""
