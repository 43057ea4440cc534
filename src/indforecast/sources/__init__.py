"""One adapter per publisher, one protocol: bytes in, a typed delivery with line numbers out.

What belongs here: formats, spellings, limits on untrusted files. What does not: judging values
(``expectations``), keeping them (``vintages``).
"""
