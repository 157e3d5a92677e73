"""Whether what was carried elsewhere is whole: asks each room that entered a proof of its part."""

from sanshi_lms.core.registers import registers


def failing() -> dict[str, str]:
    """Return what does not hold, in words, by the name of its proof."""
    found = {name: proof.look() for name, proof in registers().proofs.items()}
    return {name: words for name, words in found.items() if words is not None}
