"""From facts to a signed file: compose, render in a closed process, sign, keep. The only importer of WeasyPrint
and pyHanko."""
