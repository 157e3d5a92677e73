"""Embedding: a video on somebody else's page, and everything that leads there.

For: /embed/…, oEmbed, the list of sites that may embed, the box with code, link and QR. Not for:
the player itself (player.js; embed.js only lets the page around it drive it).

Nothing here knows who is asking: below /embed/ and /oembed no cookie arrives (core.security), so
what it shows is what every visitor may see.
"""
