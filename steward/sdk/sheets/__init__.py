"""Lists that people export and upload: CSV, XLSX, XLSB, XLS and ODS, read row by row."""
