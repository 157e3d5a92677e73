"""How certificates look: wording, paper, seal, signatures, in versions that are never changed."""
