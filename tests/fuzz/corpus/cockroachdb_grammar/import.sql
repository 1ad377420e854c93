IMPORT INTO t (a, b) CSV DATA ('nodelocal://1/x.csv') WITH delimiter = e'\t', nullif = '';
