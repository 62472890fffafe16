"""The typefaces of what is printed: files as their makers publish them, with their licenses, and no code.

| files                      | for                                              | license                          |
| -------------------------- | ------------------------------------------------ | -------------------------------- |
| NotoSans*.ttf              | Latin, Greek, Cyrillic; one file for each script | OFL-1.1, © Google                |
| DroidSansFallbackFull.ttf  | Chinese, Japanese                                | Apache-2.0, © Google             |
| NanumGothicCoding.ttf      | Korean                                           | OFL-1.1, © NAVER Corporation     |
| DejaVuSans.ttf             | arrows, mathematical signs, what no other has    | DejaVu.txt, © Bitstream          |
"""
