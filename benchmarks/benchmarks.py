"""What `import benchmarks` finds where a script of this folder is run by its path: the folder as a package.

Python looks for imports beside such a script, so that neither `benchmarks` nor the other packages of the checkout are
found: `python benchmarks/shots.py` does what `python -m benchmarks.shots` does.
"""

import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
__path__ = [str(_FOLDER)]
sys.path.append(str(_FOLDER.parent))
