{# dbt-spark writes a missing value of a seed as the text None and leaves quotes as they are: the rows as literals instead. #}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = model.config.column_types %}
    {%- set rows = [] %}
    {%- for row in agate_table.rows %}
        {%- set cells = [] %}
        {%- for value in row %}
            {%- set type = types.get(agate_table.column_names[loop.index0], adapter.convert_type(agate_table, loop.index0)) %}
            {%- set text = "null" if value is none else "'" ~ (value | string).replace("\\", "\\\\").replace("'", "\\'") ~ "'" %}
            {%- do cells.append("cast(" ~ text ~ " as " ~ type ~ ")") %}
        {%- endfor %}
        {%- do rows.append("(" ~ cells | join(", ") ~ ")") %}
    {%- endfor %}
    {%- set sql = "insert into " ~ this ~ " values " ~ rows | join(", ") %}
    {%- if rows %}{% do adapter.add_query(sql, abridge_sql_log=True) %}{% endif %}
    {{ return(sql) }}
{% endmacro %}
