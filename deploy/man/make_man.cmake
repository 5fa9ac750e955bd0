# cmake -DFRAME=page.md -DREFERENCE=reference.md -DVERSION=1.2.3 -DPANDOC=pandoc -DGZIP=gzip -DOUT=page.1 -P make_man.cmake
# Puts the reference into its frame, and makes a man page of the two.
cmake_minimum_required(VERSION 3.25)
file(READ ${FRAME} page)
file(READ ${REFERENCE} reference)
# A page of docs/: its title is the frame's, and its links lead nowhere here.
string(REGEX REPLACE "^# [^\n]*\n" "" reference "${reference}")
string(REGEX REPLACE "\\[([^]\n]*)\\]\\([^)\n]*\\)" "\\1" reference "${reference}")
string(REPLACE "@REFERENCE@" "${reference}" page "${page}")
if(page MATCHES "@REFERENCE@" OR reference STREQUAL "")
  message(FATAL_ERROR "${FRAME}: the reference is empty, or has no place in it")
endif()
string(REGEX REPLACE "^(% [^\n]*)" "\\1 ${VERSION}" page "${page}")
file(WRITE ${OUT}.md "${page}")
execute_process(COMMAND ${PANDOC} --standalone --from markdown-smart --to man ${OUT}.md -o ${OUT} COMMAND_ERROR_IS_FATAL ANY)
# Adjusted to both margins, the narrow columns of tables would be all blanks.
file(READ ${OUT} made)
string(REGEX REPLACE "(\\.TH [^\n]*\n)" "\\1.ad l\n" made "${made}")
# pandoc shares 70 columns among a table's and forgets the three between each two; with up to four of them 87 % is room.
string(REGEX MATCHALL "lw\\([0-9]+\\.[0-9]n\\)" columns "${made}")
list(REMOVE_DUPLICATES columns)
foreach(column IN LISTS columns)
  string(REGEX REPLACE "[^0-9]" "" tenths "${column}")
  math(EXPR tenths "${tenths} * 87 / 100")
  math(EXPR whole "${tenths} / 10")
  math(EXPR tenths "${tenths} % 10")
  string(REPLACE "${column}" "lw<${whole}.${tenths}n>" made "${made}")
endforeach()
string(REGEX REPLACE "lw<([0-9.]+n)>" "lw(\\1)" made "${made}")
file(WRITE ${OUT} "${made}")
# -n: the same bytes whenever it is made.
execute_process(COMMAND ${GZIP} -9 -n -f -k ${OUT} COMMAND_ERROR_IS_FATAL ANY)
