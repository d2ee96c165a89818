"""Descriptions of photos in the manner of STBIR, written by a vision-language model.

The paper had Qwen write what a sketch hides: colour, material, parts, as a comma list (arXiv 2604.15735; its prompt is
unpublished, so `prompt.txt` is ours). `survey` lists what may be described, `work` has it written through an `endpoint`
or a `local` model, `dialogue` asks until an answer passes, the `journal` remembers, `texts` writes the files.
"""
