"""Which of five million company numbers were seen: a bit for each, not an object."""

_DIGITS = 8
_PREFIX = 2


class NumbersSeen:
    """Numbers of eight characters: all digits, or a prefix (SC, NI, OC, CE) and six digits."""

    def __init__(self) -> None:
        self._bits: dict[str, bytearray] = {}
        self._others: set[str] = set()

    def add(self, number: str) -> bool:
        """Whether the number was not seen before."""
        prefix, digits = (
            ("", number) if number.isdecimal() else (number[:_PREFIX], number[_PREFIX:])
        )
        if not digits.isdecimal():
            fresh = number not in self._others
            self._others.add(number)
            return fresh
        if prefix not in self._bits:
            size = 10 ** (_DIGITS if not prefix else _DIGITS - _PREFIX)
            self._bits[prefix] = bytearray(size // 8 + 1)
        bits, (at, bit) = self._bits[prefix], divmod(int(digits), 8)
        fresh = not bits[at] >> bit & 1
        bits[at] |= 1 << bit
        return fresh
