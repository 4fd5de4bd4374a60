/*
 * Spreadsheets that people send in: the first sheet of an XLSX as CSV text, for table_in.h. Values
 * as they are stored: text, numbers, TRUE and FALSE; a date is a number unless it was typed as
 * text, so lists for import ask for days as text. Line n of the text is row n of the sheet, so
 * faults name the row that people see.
 */
#ifndef FORMATS_XLSX_IN_H
#define FORMATS_XLSX_IN_H

#include "platform/core/buf.h"

#define XLSX_IN_MAX (64 << 20) /* unpacked bytes of one part */
#define XLSX_IN_ROWS 200000
#define XLSX_IN_COLUMNS 200

/* Does it begin like an XLSX (a ZIP)? */
bool xlsx_in_is(struct str bytes);
/* ERR_PARSE when it is no spreadsheet or damaged, ERR_TOO_LARGE over the bounds above. */
MUST enum err xlsx_in_csv(struct arena *a, struct str bytes, struct str *csv);

#endif
